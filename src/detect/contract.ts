import type { KeyKind, LoggedEvent } from '../model/event.ts'
import type { Bilingual, Level } from '../model/level.ts'
import type { Example } from './example.ts'

/**
 * A window over a key's events, ending with the bin of the judged event (both ends belong to it).
 *
 * `days` (3 or more): the business day (+08:00) of the judged event and the days - 1 before it. `hours` (1 to 71): the
 * hour of the judged event and the hours - 1 before it. `before` shifts the window back by that many days, so that a
 * base can end where the current window begins. `distinct` also counts its distinct members, `sums` adds up what its
 * events brought of an amount.
 */
export type WindowSpec = { readonly distinct?: boolean; readonly sums?: string } & (
  | { readonly days: number; readonly before?: number }
  | { readonly hours: number }
)

/** A parameter: a number of the detector that a bureau may set. Bounds are inclusive. */
export interface ParameterSpec {
  readonly title: Bilingual
  /** What one means, e.g. `complainants`, `times`, `probability`. */
  readonly unit: string
  readonly default: number
  readonly minimum: number
  readonly maximum: number
  /** Only whole numbers. */
  readonly whole?: boolean
}

/** What one event does to one key. */
export interface Touch {
  readonly key: string
  /** Who counts once in `distinct` windows; without one the event counts as its own. */
  readonly member?: string
  /**
   * What the event brings of each amount that a window sums, by its name: whole numbers above 0, so that no order of
   * arrival leaves its rounding behind (money in fen, a share in basis points, 1 where only the condition counts).
   */
  readonly amounts?: Readonly<Record<string, number>>
  /** The event brings one to the key's stock or takes one away. */
  readonly stock?: 1 | -1
  /**
   * An item of the key (a decision, a piece of equipment) is due at `at` (epoch milliseconds); null: it is done. `mark` is
   * the detector's own small number (0 to 255). Needs `deadlines`. Of two events about one item the later by event time
   * holds, in whatever order they arrive.
   */
  readonly deadline?: { readonly item: string; readonly at: number | null; readonly mark?: number }
  /** false: the event moves the stock or a deadline only and stands in no window. */
  readonly counts?: false
}

/** A window as a verdict reads it. */
export interface WindowView {
  /** Half-open [from, to), epoch milliseconds. */
  readonly from: number
  readonly to: number
  /** Events in the window. */
  readonly events: number
  /** Distinct members; 0 for a window that was not declared `distinct`. */
  readonly members: number
  /** What its events brought of the amount it sums; 0 for a window that was not declared to sum one. */
  readonly sum: number
}

/** An item that is not done, as far as its source has told everything. */
export interface Pending {
  /** Epoch milliseconds. */
  readonly due: number
  /** Whole days for which it is known to be overdue; below 0: not due yet, -Infinity: its source never said how far it has told. */
  readonly overdueDays: number
  readonly mark: number
}

/** All a verdict may know: one key's windows as they end with the judged bin, its stock and what is pending. */
export interface View<W extends string = string> {
  readonly windows: Readonly<Record<W, WindowView>>
  /** What is there now, in log order; 0 without `stock`. */
  readonly stock: number
  /** Items that are not done, the first due first; none without `deadlines`. */
  readonly pending: readonly Pending[]
  /**
   * Events in `points` stretches of `days` days each, oldest first, the last one ending with the judged bin:
   * [start in epoch milliseconds, events]. It reaches no further back than the longest window.
   */
  series(days: number, points: number): readonly (readonly [number, number])[]
}

export interface Verdict<W extends string = string> {
  /** null: the trigger is not fulfilled; the numbers stand all the same, for `explain` and the end of an episode. */
  readonly level: Level | null
  readonly observed: number
  readonly expected: number | null
  /** The smallest `observed` that fulfils the trigger (of the level reached). */
  readonly threshold: number
  readonly probability: number | null
  /** Which trigger spoke, a word of the detector's own closed set. */
  readonly reason: string
  /** The window whose events are the evidence and whose bounds are shown. */
  readonly window: W
}

/**
 * A detector as its file declares it. It computes; the engine counts, keeps, replays and instruments. Every function is
 * pure: no clock, no randomness, no state.
 */
export interface DetectorDeclaration<W extends string, P extends string> {
  /** Lower-case words with hyphens; part of every alert's id, so never changed. */
  readonly id: string
  /** Code of the field's table, e.g. `CMP-01`. */
  readonly code: string
  /** Counts up when windows, keys or verdict change; the detector's state is then rebuilt from the log. */
  readonly version: number
  readonly title: Bilingual
  /** What harm it sees coming, in two sentences. */
  readonly why: Bilingual
  /** Known innocent causes. */
  readonly falsePositives: readonly Bilingual[]
  readonly keyKind: KeyKind
  /**
   * Types it reads, each with the days an event may be late (DOMAIN 8). The longest holds for the whole key: a shorter
   * one for a single type would punch holes into windows that others are still judged on.
   */
  readonly latenessDays: Readonly<Record<string, number>>
  readonly parameters: Readonly<Record<P, ParameterSpec>>
  readonly windows: Readonly<Record<W, WindowSpec>>
  /** It counts what is there now. */
  readonly stock?: boolean
  /**
   * Its keys have items that fall due, and it speaks of what has *not* happened. Such a key is judged where log time
   * stands: with each event, and at each instant that is so many days (DAY_MS) after an item's due time. An instant is
   * judged when log time has passed it and the item's source (of the event that said when it is due) has declared that it
   * sent everything before it; until then the finding is held.
   */
  readonly deadlines?: {
    judgedAfterDays(parameters: Readonly<Record<P, number>>): readonly number[]
    /** An alert whose trigger no longer holds is closed: the matter is settled. */
    readonly closesItself?: boolean
  }
  /** The keys an event touches; called only for the declared types. */
  keys(event: LoggedEvent): readonly Touch[]
  /** Judges one key at one bin. */
  verdict(view: View<W>, parameters: Readonly<Record<P, number>>): Verdict<W>
  /** Bins for the chart of the evidence. */
  series(view: View<W>): readonly (readonly [number, number])[]
  /** The plain sentence that names the numbers. */
  sentence(verdict: Verdict<W>, view: View<W>, parameters: Readonly<Record<P, number>>): Bilingual
  /** Cases in the field's words, run by the tests: those that raise an alert and those that must stay quiet. */
  readonly examples: { readonly fire: readonly Example[]; readonly quiet: readonly Example[] }
}

/** A detector as the engine and the lists see it. */
export type Detector = DetectorDeclaration<string, string>

/** Checks a declaration and hands it on; throws a TypeError naming the detector and what is wrong. */
export function defineDetector<const W extends string, const P extends string>(
  declaration: DetectorDeclaration<W, P>,
): Detector {
  const fault = faultOf(declaration as Detector)
  if (fault !== null) throw new TypeError(`detector ${declaration.id}: ${fault}`)
  return declaration as Detector
}

const isCount = (value: number, least: number) => Number.isInteger(value) && value >= least

function faultOf(detector: Detector): string | null {
  if (!/^[a-z]+(-[a-z0-9]+)*$/.test(detector.id)) return 'the id must be lower-case words with hyphens'
  if (!/^[A-Z]{3}-\d{2}$/.test(detector.code)) return 'the code must look like CMP-01'
  if (!isCount(detector.version, 1)) return 'the version must count from 1'
  if (Object.keys(detector.latenessDays).length === 0) return 'it reads no event type'
  for (const [type, days] of Object.entries(detector.latenessDays))
    if (!isCount(days, 0)) return `lateness of ${type} must be whole days`
  if (Object.keys(detector.windows).length === 0) return 'it declares no window'
  for (const [name, window] of Object.entries(detector.windows)) {
    if ('hours' in window && !(isCount(window.hours, 1) && window.hours < 72))
      return `window ${name}: 1 to 71 hours, from three days on say days`
    if ('days' in window && !(isCount(window.days, 3) && isCount(window.before ?? 0, 0)))
      return `window ${name}: 3 days or more, below that say hours`
  }
  for (const [name, spec] of Object.entries(detector.parameters)) {
    if (!(spec.minimum <= spec.default && spec.default <= spec.maximum)) return `default of ${name} is out of its range`
    if (spec.whole && !Number.isInteger(spec.default)) return `default of ${name} must be whole`
  }
  const { fire, quiet } = detector.examples
  if (fire.length === 0 || quiet.length === 0) return 'it needs an example that fires and one that stays quiet'
  return null
}
