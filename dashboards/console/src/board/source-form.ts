import type { SourceRegistration } from '../../../../src/model/source.ts'

export const TRANSPORTS = ['http', 'inbox', 'import'] as const satisfies readonly SourceRegistration['transport'][]
export const CADENCES = ['live', 'batch'] as const satisfies readonly SourceRegistration['cadence']['kind'][]

/** Longest texts the service takes, characters, and the most days a delivery may be late. */
export const LIMITS = { name: 80, words: 200, graceDays: 60 } as const

/** A registration while it is written: numbers as they are typed. */
export interface SourceDraft {
  readonly name: string
  readonly owner: string
  readonly contact: string
  readonly transport: SourceRegistration['transport']
  readonly cadence: SourceRegistration['cadence']['kind']
  /** Days of the month, e.g. `1, 15`. */
  readonly dueDays: string
  readonly graceDays: string
  /** Events on a working day and on a day off; both '' when nobody knows. */
  readonly workingDay: string
  readonly otherDay: string
  readonly detectors: readonly string[]
  readonly strong: boolean
  readonly everywhere: boolean
  readonly areas: readonly string[]
}

export const EMPTY_SOURCE: SourceDraft = {
  ...{ name: '', owner: '', contact: '', transport: 'http', cadence: 'live', dueDays: '', graceDays: '3' },
  ...{ workingDay: '', otherDay: '', detectors: [], strong: false, everywhere: true, areas: [] },
}

export type SourceFault = 'missing' | 'malformed'
export type SourceFaults = Partial<Record<keyof SourceDraft, SourceFault>>

/** What is wrong with a draft, by field; empty when it can be sent. */
export function sourceFaults(draft: SourceDraft): SourceFaults {
  const faults: SourceFaults = {}
  if (draft.name.trim() === '') faults.name = 'missing'
  else if (!/^\S{1,80}$/.test(draft.name.trim())) faults.name = 'malformed'
  for (const field of ['owner', 'contact'] as const) if (draft[field].trim() === '') faults[field] = 'missing'
  if (draft.cadence === 'batch') {
    if (draft.dueDays.trim() === '') faults.dueDays = 'missing'
    else if (daysOfMonth(draft.dueDays) === null) faults.dueDays = 'malformed'
    if (!((count(draft.graceDays) ?? -1) >= 0 && (count(draft.graceDays) ?? 0) <= LIMITS.graceDays))
      faults.graceDays = 'malformed'
  }
  const declared = [draft.workingDay, draft.otherDay].some((text) => text.trim() !== '')
  for (const field of ['workingDay', 'otherDay'] as const) {
    if (!declared) continue
    if (draft[field].trim() === '') faults[field] = 'missing'
    else if (count(draft[field]) === null) faults[field] = 'malformed'
  }
  if (!draft.everywhere && draft.areas.length === 0) faults.areas = 'missing'
  return faults
}

/** A draft without faults as the service takes it. */
export function registrationOf(draft: SourceDraft): SourceRegistration {
  const [workingDay, otherDay] = [count(draft.workingDay), count(draft.otherDay)]
  return {
    name: draft.name.trim(),
    owner: draft.owner.trim(),
    contact: draft.contact.trim(),
    transport: draft.transport,
    cadence:
      draft.cadence === 'live'
        ? { kind: 'live' }
        : { kind: 'batch', dueDays: daysOfMonth(draft.dueDays) ?? [], graceDays: count(draft.graceDays) ?? 0 },
    expected: workingDay === null || otherDay === null ? null : { workingDay, otherDay },
    detectors: [...draft.detectors],
    strong: draft.strong,
    areas: draft.everywhere ? 'all' : [...draft.areas],
  }
}

export function sourceDraftOf(registration: SourceRegistration): SourceDraft {
  const { cadence, expected, areas } = registration
  return {
    ...registration,
    cadence: cadence.kind,
    dueDays: cadence.kind === 'batch' ? cadence.dueDays.join(', ') : '',
    graceDays: cadence.kind === 'batch' ? String(cadence.graceDays) : EMPTY_SOURCE.graceDays,
    workingDay: expected === null ? '' : String(expected.workingDay),
    otherDay: expected === null ? '' : String(expected.otherDay),
    everywhere: areas === 'all',
    areas: areas === 'all' ? [] : areas,
  }
}

/** A count as it is typed; null when it is none. */
function count(text: string): number | null {
  return /^\d{1,12}$/.test(text.trim()) ? Number(text.trim()) : null
}

/** `1, 15` or `1、15`: days of a month, each once; null for anything else. */
function daysOfMonth(text: string): number[] | null {
  const days = text
    .split(/[\s,，、]+/)
    .filter((part) => part !== '')
    .map(count)
  const isDay = (day: number | null): day is number => day !== null && day >= 1 && day <= 31
  return days.length > 0 && days.every(isDay) ? [...new Set(days)].sort((a, b) => a - b) : null
}
