import type { EventData, EventType } from '../model/catalogue/catalogue.ts'

/** A CloudEvent as the simulated sources send it: structured mode, people still by name. */
export interface CloudEvent {
  readonly specversion: '1.0'
  readonly id: string
  readonly source: string
  readonly type: EventType
  readonly subject: string
  /** RFC 3339 in +08:00. */
  readonly time: string
  readonly region: string
  readonly industry: string
  readonly datacontenttype: 'application/json'
  readonly backfill?: true
  readonly data: Readonly<Record<string, unknown>>
}

/** The systems that would send these events in earnest; the prefix tells everybody that these do not. */
export const SOURCES = {
  registry: { source: '/simulated/registry', prefix: 'REG' },
  consumer: { source: '/simulated/12315', prefix: '12315' },
  inspection: { source: '/simulated/inspection', prefix: 'INS' },
  licence: { source: '/simulated/licence', prefix: 'LIC' },
  tax: { source: '/simulated/tax', prefix: 'TAX' },
  insurance: { source: '/simulated/insurance', prefix: 'SOC' },
} as const
export type SourceName = keyof typeof SOURCES

/** What happened, before the source gives it a time and an id. */
export interface Draft {
  readonly type: EventType
  readonly subject: string
  readonly region: string
  readonly industry: string
  readonly data: Readonly<Record<string, unknown>>
}

/** A draft whose data the compiler has checked against the catalogue. */
export function draft<T extends EventType>(
  type: T,
  about: { readonly code: string; readonly region: string; readonly industry: string },
  data: EventData<T>,
): Draft {
  return { type, subject: about.code, region: about.region, industry: about.industry, data: data as Draft['data'] }
}

/** Something that will happen: the source it comes from, and what it tells (null: it turned out that nothing happens). */
export interface Happening {
  readonly source: SourceName
  /** @param time epoch milliseconds @param id id that the event will have */
  happen(time: number, id: string): Draft | null
}
