import type { Detector, WindowSpec } from './contract.ts'
import { BINS_A_DAY, type BinUnit } from './windows/bins.ts'
import { NAME_WORD, RECORD_WORDS } from './windows/record.ts'

/** What follows from a detector's declaration, worked out once. All lengths are in bins of `unit`. */
export interface Plan {
  readonly detector: Detector
  /** Hours as soon as one window is declared in hours, else business days. */
  readonly unit: BinUnit
  readonly lateness: number
  /** How far the longest window reaches back, the judged bin included. */
  readonly reach: number
  /** The same over the windows that count distinct members; 0 if none does. */
  readonly memberReach: number
  /** Bins that a key keeps, its newest one included; and those that it keeps members of. */
  readonly span: number
  readonly memberSpan: number
  /** Names of the amounts that windows sum, in alphabetical order: state knows them by their place. */
  readonly amounts: readonly string[]
  /** Items fall due: its verdict is a matter of now, and judged where log time stands. */
  readonly waits: boolean
  /** Size of a key's record. */
  readonly recordWords: number
  /**
   * Word of the record that refers to the key's own text; null: none is kept. Of an enterprise its events tell it. A key
   * that is no enterprise is told by nothing but its text, which is kept from its second event on: most have but one.
   */
  readonly nameWord: number | null
}

/** Works a declaration out. */
export function planOf(detector: Detector): Plan {
  const windows = Object.values(detector.windows)
  const unit: BinUnit = windows.some((window) => 'hours' in window) ? 'hour' : 'day'
  const reaches = windows.map((window) => reachOf(window, unit))
  const memberReaches = windows.filter((window) => window.distinct).map((window) => reachOf(window, unit))
  const lateness = Math.max(...Object.values(detector.latenessDays)) * BINS_A_DAY[unit]
  const reach = Math.max(...reaches)
  const memberReach = Math.max(0, ...memberReaches)
  const amounts = [...new Set(windows.flatMap(({ sums }) => sums ?? []))].sort()
  const waits = detector.deadlines !== undefined
  const isNamed = waits || detector.stock === true || detector.keyKind !== 'enterprise'
  const hasMore = waits || (isNamed && amounts.length > 0)
  return {
    detector,
    unit,
    lateness,
    reach,
    memberReach,
    span: lateness + reach,
    memberSpan: lateness + memberReach,
    amounts,
    waits,
    recordWords: RECORD_WORDS[hasMore ? 'waiting' : isNamed ? 'named' : amounts.length > 0 ? 'summing' : 'plain'],
    nameWord: isNamed ? NAME_WORD[hasMore ? 'waiting' : 'named'] : null,
  }
}

function reachOf(window: WindowSpec, unit: BinUnit): number {
  return 'hours' in window ? window.hours : (window.days + (window.before ?? 0)) * BINS_A_DAY[unit]
}
