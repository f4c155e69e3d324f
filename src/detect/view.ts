import { businessDay, DAY_MS } from '../model/time.ts'
import type { Pending, View, WindowSpec, WindowView } from './contract.ts'
import type { Plan } from './plan.ts'
import { sumOfAmount } from './windows/amounts.ts'
import type { Arena } from './windows/arena.ts'
import { binOf, binStart, firstBinOfDay } from './windows/bins.ts'
import { distinctMembers } from './windows/members.ts'
import { stockOf } from './windows/record.ts'
import { countInTally, tallyBins } from './windows/tally.ts'

/** First bin (inclusive) and the bin after the last of a window that ends with the bin `end`. */
export interface BinRange {
  readonly from: number
  readonly to: number
}

/** The bins of a window judged at `end`. A window of days over bins of hours takes the whole business day of `end`. */
export function rangeOf(plan: Plan, window: WindowSpec, end: number): BinRange {
  if ('hours' in window) return { from: end - window.hours + 1, to: end + 1 }
  const day = businessDay(binStart(plan.unit, end)) - (window.before ?? 0)
  return { from: firstBinOfDay(plan.unit, day - window.days + 1), to: firstBinOfDay(plan.unit, day + 1) }
}

/** A key's windows as they end with the bin `end`. Reads the record when asked, so use it before the next change. */
export function viewAt(plan: Plan, arena: Arena, record: number, end: number, pending: () => Pending[]): View {
  const windows: Record<string, WindowView> = {}
  for (const [name, spec] of Object.entries(plan.detector.windows)) {
    const range = rangeOf(plan, spec, end)
    windows[name] = {
      from: binStart(plan.unit, range.from),
      to: binStart(plan.unit, range.to),
      get events() {
        return countInTally(arena, record, plan.span, range.from, range.to)
      },
      get members() {
        if (!spec.distinct) return 0
        return distinctMembers(arena, record, plan.memberSpan, range.from, range.to)
      },
      get sum() {
        if (spec.sums === undefined) return 0
        return sumOfAmount(arena, record, plan.amounts.indexOf(spec.sums), range.from, range.to)
      },
    }
  }
  return {
    windows,
    stock: stockOf(arena, record),
    get pending() {
      return pending()
    },
    series(days, points) {
      const after = rangeOf(plan, { days, before: 0 }, end).to
      const first = binStart(plan.unit, after) - points * days * DAY_MS
      const from = binOf(plan.unit, first)
      const counts = Array.from({ length: points }, () => 0)
      for (const { bin, count } of tallyBins(arena, record, plan.span, from, after)) {
        const point = Math.floor((binStart(plan.unit, bin) - first) / (days * DAY_MS))
        counts[point] = (counts[point] ?? 0) + count
      }
      return counts.map((count, point) => [first + point * days * DAY_MS, count] as const)
    },
  }
}

/** Time of the earliest and the latest event in the bins [from, to), or null when they hold none. */
export function eventTimes(
  plan: Plan,
  arena: Arena,
  record: number,
  { from, to }: BinRange,
): { first: number; last: number } | null {
  const bins = tallyBins(arena, record, plan.span, from, to)
  const earliest = bins[0]
  const latest = bins.at(-1)
  if (!earliest || !latest) return null
  return {
    first: binStart(plan.unit, earliest.bin) + earliest.first,
    last: binStart(plan.unit, latest.bin) + latest.last,
  }
}
