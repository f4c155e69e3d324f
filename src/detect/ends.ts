import type { Plan } from './plan.ts'
import type { Arena } from './windows/arena.ts'
import { newestBin } from './windows/record.ts'
import { tallyBins } from './windows/tally.ts'

/** First bin a key keeps: newest event - lateness - longest window. An event before it is stored only. */
export function floorOf(plan: Plan, newest: number): number {
  return newest - plan.span + 1
}

/**
 * The bins whose windows are judged again because of an event in `bin` (already counted), oldest first.
 *
 * An event in order is judged on the window ending with its own bin. A late one changes later windows too: those ending
 * with any bin up to `bin + reach` that holds an event, since only events are judged. An end further back than the
 * allowed lateness is left out, because its window reaches into bins the key has forgotten: a number is whole or not
 * judged. The picture has a window of 7 days and a lateness of 3; the complaint L of day 18 arrives after those of
 * day 20.
 *
 *     day            9  10  11  12  13  14  15  16  17  18  19  20
 *     complaints     .   .   1   .   1   .   .   1   .   L   .   2
 *     state kept             |------------------------------------|   from 20 - 3 - 7 + 1 = 11
 *     ends judged on                                 |------------|   from 20 - 3 = 17
 *     end 18                     |-----------------------|            days 12-18: 1 + 1 + L     = 3
 *     end 20                             |------------------------|   days 14-20: 1 + L + 2     = 4
 *
 * L is judged at 18 (its own) and 20 (held), not at 19 (nothing there). Had it been of day 16, four days late, it would
 * count and be judged at 20 alone; of day 10, it would be stored only.
 */
export function endsToJudge(plan: Plan, arena: Arena, record: number, bin: number): number[] {
  const newest = newestBin(arena, record)
  const from = Math.max(bin, newest - plan.lateness)
  const to = Math.min(bin + plan.reach - 1, newest)
  return tallyBins(arena, record, plan.span, from, to + 1).map((held) => held.bin)
}
