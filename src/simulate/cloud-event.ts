import type { EventData, EventType } from '../model/catalogue/catalogue.ts'

/** A CloudEvent as the simulated sources send it: structured mode, people still by name. */
export interface CloudEvent {
  readonly specversion: '1.0'
  readonly id: string
  readonly source: string
  readonly type: EventType
  /** Absent where the type concerns a person, or where who complained did not know the credit code. */
  readonly subject?: string
  /** RFC 3339 in +08:00. */
  readonly time: string
  readonly region: string
  readonly industry?: string
  readonly datacontenttype: 'application/json'
  readonly backfill?: true
  /** Id of the event of the same source that this one withdraws or replaces. */
  readonly retracts?: string
  readonly data: Readonly<Record<string, unknown>>
}

/** An event and when its source tells of it, epoch milliseconds: never before it happened, sometimes long after. */
export interface Told {
  readonly at: number
  readonly event: CloudEvent
}

/** The systems that would send these events in earnest; the prefix tells everybody that these do not. */
export const SOURCES = {
  registry: { source: '/simulated/registry', prefix: 'REG' },
  consumer: { source: '/simulated/12315', prefix: '12315' },
  inspection: { source: '/simulated/inspection', prefix: 'INS' },
  licence: { source: '/simulated/licence', prefix: 'LIC' },
  enforcement: { source: '/simulated/enforcement', prefix: 'ENF' },
  credit: { source: '/simulated/credit', prefix: 'CRE' },
  sampling: { source: '/simulated/sampling', prefix: 'SAM' },
  equipment: { source: '/simulated/equipment', prefix: 'EQU' },
  monitoring: { source: '/simulated/monitoring', prefix: 'MON' },
  court: { source: '/simulated/court', prefix: 'COU' },
  trademark: { source: '/simulated/trademark', prefix: 'TMK' },
  tax: { source: '/simulated/tax', prefix: 'TAX' },
  insurance: { source: '/simulated/insurance', prefix: 'SOC' },
} as const
export type SourceName = keyof typeof SOURCES
export const SOURCE_NAMES = Object.keys(SOURCES) as SourceName[]

/** What happened, before the source gives it a time and an id. */
export interface Draft {
  readonly type: EventType
  /** Credit code; '' where there is none to tell. */
  readonly subject: string
  readonly region: string
  readonly industry: string
  readonly data: Readonly<Record<string, unknown>>
  readonly retracts?: string
}

/** Who an event is about; `code` and `industry` may be ''. */
export interface About {
  readonly code: string
  readonly region: string
  readonly industry: string
}

/** A draft whose data the compiler has checked against the catalogue. */
export function draft<T extends EventType>(type: T, about: About, data: EventData<T>): Draft {
  return { type, subject: about.code, region: about.region, industry: about.industry, data: data as Draft['data'] }
}

/** Something that will happen: the source it comes from, and what it tells (null: it turned out that nothing happens). */
export interface Happening {
  readonly source: SourceName
  /** @param time epoch milliseconds @param id id that the event will have */
  happen(time: number, id: string): Draft | null
  /** Told at once whatever befalls the feeds: planted incidents keep their times. */
  readonly prompt?: true
}
