import type { EnterpriseKeys, EnterpriseStatus, LoggedEvent } from './event.ts'

/**
 * How an event came to stand no longer: `withdrawn` by an `event.retracted`; `replaced` by an event of a normal type that
 * says `retracts`; `attributed`: an officer said of which enterprise it speaks, and the same event stands again with it.
 */
export const CORRECTION_KINDS = ['withdrawn', 'replaced', 'attributed'] as const
export type CorrectionKind = (typeof CORRECTION_KINDS)[number]

/** Types of what people say of an enterprise: these may come without its code, and be attributed to it later. */
export const ATTRIBUTABLE_TYPES = ['complaint.filed', 'report.filed', 'opinion.reported'] as const

/** What the writer's register holds of an enterprise. */
export interface RegisterRecord extends EnterpriseKeys {
  readonly status: EnterpriseStatus
  /** County in which the address lies: part of the address key. */
  readonly region: string
  /** Type code, '' if unknown. */
  readonly kind: string
  /** GB/T 4754 digits, '' if unknown. */
  readonly industry: string
  /** Business day of registration, null if unknown. */
  readonly registeredDay: number | null
  /** Business day of the newest change by event time. */
  readonly changedDay: number
}

/** An event that no longer stands, as it stood in the log. */
export type CorrectedEvent = LoggedEvent

/**
 * What a correcting event undoes. It stands in the row of that event, so that every replay finds there all it needs.
 *
 *     a row that corrects   =   first the original is undone,   then the row counts as any other
 *                               (what was counted of it is       (a withdrawal is of a type
 *                                subtracted, `undone` follows)    that nobody counts)
 */
export interface Correction {
  readonly kind: CorrectionKind
  /** Hash of source and id (decimal) of the event that stood for the id that was named. */
  readonly of: string
  /** That event, without what it corrected itself; null when nothing stood any more: then nothing is undone. */
  readonly original: CorrectedEvent | null
  /** What the register says after the undoing; absent when it stays as it is, null when the enterprise is unknown then. */
  readonly record?: RegisterRecord | null
  /** What the undoing itself began and ended at the enterprise of the original, in log order. */
  readonly undone?: { readonly joined?: EnterpriseKeys; readonly left?: EnterpriseKeys }
  /** Who attributed it: an identity's id. */
  readonly by?: string
}
