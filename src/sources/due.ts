import { businessDay, businessDayStart } from '../model/time.ts'
import type { IsWorkingDay } from './calendar-port.ts'
import type { SilenceTerms } from './silence.ts'

/**
 * Where a batch source stands: `isMet` says whether what was due last has come; `due` is the end (exclusive) of the day on
 * which it was due, or of the next due day once it has come. Epoch milliseconds.
 *
 *     due       10 Oct               10 Nov                10 Dec
 *     ──────────┤ ──────────────────►┤ ───── now           the delivery due on 10 Nov must have come after 10 Oct;
 *                  came?                                   with completeness marks: must reach beyond 10 Oct
 */
export function dueAround(
  dueDays: readonly number[],
  { registeredAt, complete }: Pick<SilenceTerms, 'registeredAt' | 'complete'>,
  lastReceivedAt: number | null,
  now: number,
  isWorkingDay: IsWorkingDay,
): { readonly due: number; readonly isMet: boolean } {
  const ends = dueEnds(dueDays, now, isWorkingDay)
  const past = ends.filter((end) => end <= now)
  const next = ends.find((end) => end > now) ?? now
  const [before, last] = past.slice(-2)
  if (before === undefined || last === undefined) return { due: next, isMet: true }
  const reached = complete === null ? (lastReceivedAt ?? 0) : Date.parse(complete.through)
  const isMet = registeredAt >= last || reached > before
  return { due: isMet ? next : last, isMet }
}

/** The ends of the due days of the months around `now`, ascending. */
function dueEnds(dueDays: readonly number[], now: number, isWorkingDay: IsWorkingDay): number[] {
  const today = new Date(businessDay(now) * 86_400_000)
  const days = new Set<number>()
  for (let month = -2; month <= 1; month++) {
    const lastOfMonth = Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + month + 1, 0) / 86_400_000
    const length = new Date(lastOfMonth * 86_400_000).getUTCDate()
    for (const due of dueDays) {
      let day = lastOfMonth - length + Math.min(due, length)
      while (!isWorkingDay(day)) day++
      days.add(day)
    }
  }
  return [...days].sort((a, b) => a - b).map((day) => businessDayStart(day + 1))
}
