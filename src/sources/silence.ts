import type { CompletenessMark, SilenceVerdict, SourceRegistration } from '../model/source.ts'
import { DAY_MS, HOUR_MS, hourBin } from '../model/time.ts'
import type { IsWorkingDay } from './calendar-port.ts'
import { dueAround } from './due.ts'
import { SOURCE_LIMITS } from './limits.ts'
import type { Tally } from './tally.ts'
import { usualSigns } from './usual.ts'

/** What silence is judged by besides the tally. */
export type SilenceTerms = Pick<SourceRegistration, 'cadence' | 'expected'> & {
  /** Epoch milliseconds. */
  readonly registeredAt: number
  readonly complete: CompletenessMark | null
}

/**
 * Listens on until `now`: adds up in how many minutes events would usually have come since the last one. An outage of the
 * service itself counts for nothing.
 */
export function listen(
  tally: Tally,
  expected: SourceRegistration['expected'],
  now: number,
  isWorkingDay: IsWorkingDay,
): void {
  const heard = tally.judgedAt === null ? Number.POSITIVE_INFINITY : now - tally.judgedAt
  if (heard < 0) return
  tally.judgedAt = now
  if (heard > SOURCE_LIMITS.blindMs) return
  tally.hour.heardMs += heard
  tally.quietMs += heard
  tally.missed += ((usualSigns(tally, expected, hourBin(now), isWorkingDay) ?? 0) * heard) / HOUR_MS
}

/** What is thought of a silence, and since when (epoch milliseconds) it has been one. */
export interface SilenceJudgement {
  readonly verdict: SilenceVerdict
  readonly since: number | null
}

/**
 * What is thought of the silence at `now`.
 *
 *     events    x  x x                                    quiet for at least
 *     usual     ──1────2────3────4────5────6 ... ──12──   minutes with events
 *     verdict   ok                    late         silent 15 min, 60 min
 */
export function judgeSilence(
  tally: Tally,
  terms: SilenceTerms,
  now: number,
  isWorkingDay: IsWorkingDay,
): SilenceJudgement {
  const { cadence, expected, registeredAt } = terms
  if (cadence.kind === 'batch') {
    const { due, isMet } = dueAround(cadence.dueDays, terms, tally.lastReceivedAt, now, isWorkingDay)
    if (isMet) return { verdict: 'ok', since: null }
    return { verdict: now > due + cadence.graceDays * DAY_MS ? 'silent' : 'late', since: due }
  }
  const knows = usualSigns(tally, expected, hourBin(now), isWorkingDay) !== null
  const verdict = liveVerdict(tally, knows)
  const isQuiet = verdict === 'late' || verdict === 'silent'
  return { verdict, since: isQuiet ? (tally.lastReceivedAt ?? registeredAt) : null }
}

function liveVerdict({ missed, quietMs }: Tally, knows: boolean): SilenceVerdict {
  const { late, silent } = SOURCE_LIMITS
  if (missed >= silent.missed && quietMs >= silent.quietMs) return 'silent'
  if (missed >= late.missed && quietMs >= late.quietMs) return 'late'
  return knows ? 'ok' : 'unknown'
}
