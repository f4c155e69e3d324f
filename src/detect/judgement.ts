import type { Level } from '../model/level.ts'
import type { Pending, Verdict, View, WindowView } from './contract.ts'
import type { ParametersInForce } from './parameters.ts'
import type { Plan } from './plan.ts'
import { type BinRange, eventTimes, rangeOf, viewAt } from './view.ts'
import type { Arena } from './windows/arena.ts'

/** A verdict on a key's windows as they end with one bin. */
export interface Judgement {
  readonly end: number
  readonly view: View
  readonly verdict: Verdict
  /** The window the verdict names as its evidence. */
  readonly window: WindowView
  readonly range: BinRange
}

/** A judgement whose verdict reached a level. */
export type Fulfilled = Judgement & { readonly verdict: Verdict & { readonly level: Level } }

export function isFulfilled(judgement: Judgement): judgement is Fulfilled {
  return judgement.verdict.level !== null
}

/** Judges a key at the bin `end` with the parameters in force; `pending` are its items that are not done. */
export function judge(
  plan: Plan,
  arena: Arena,
  record: number,
  end: number,
  parameters: ParametersInForce,
  pending: () => Pending[],
): Judgement {
  const view = viewAt(plan, arena, record, end, pending)
  const verdict = plan.detector.verdict(view, parameters.values)
  const spec = plan.detector.windows[verdict.window]
  const window = view.windows[verdict.window]
  if (spec === undefined || window === undefined)
    throw new TypeError(`detector ${plan.detector.id}: the verdict names an unknown window ${verdict.window}`)
  return { end, view, verdict, window, range: rangeOf(plan, spec, end) }
}

/** Earliest and latest event time over the evidence windows; `fallback` where stock alone spoke and they are empty. */
export function spanOf(
  plan: Plan,
  arena: Arena,
  record: number,
  judged: readonly Judgement[],
  fallback: number,
): { first: number; last: number } {
  const spans = judged.map(({ range }) => eventTimes(plan, arena, record, range)).filter((times) => times !== null)
  if (spans.length === 0) return { first: fallback, last: fallback }
  return {
    first: Math.min(...spans.map(({ first }) => first)),
    last: Math.max(...spans.map(({ last }) => last)),
  }
}
