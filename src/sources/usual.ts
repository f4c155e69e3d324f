import type { SourceRegistration } from '../model/source.ts'
import { businessDay, businessDayStart, HOUR_MS, hourBin } from '../model/time.ts'
import type { IsWorkingDay } from './calendar-port.ts'
import { SOURCE_LIMITS } from './limits.ts'
import type { Tally } from './tally.ts'

type Expected = SourceRegistration['expected']

/** What is expected is known from counting, from what was declared, or not at all. */
export type Basis = 'counted' | 'declared' | 'none'

/** A declared day: nine tenths between 8 and 18 o'clock. */
const OFFICE = { from: 8, to: 18, share: 0.9 } as const

function hourOfDay(bin: number): number {
  return (((bin + 8) % 24) + 24) % 24
}

function slotOf(bin: number, isWorkingDay: IsWorkingDay): number {
  return hourOfDay(bin) + (isWorkingDay(businessDay(bin * HOUR_MS)) ? 0 : 24)
}

/** Where what is expected on a day of this kind comes from. */
export function basisOf(tally: Tally, expected: Expected, working: boolean): Basis {
  const { days } = working ? tally.usualDay.working : tally.usualDay.off
  if (days >= SOURCE_LIMITS.learnedDays) return 'counted'
  return expected === null ? 'none' : 'declared'
}

/** Events usual in an hour (`bin`); null when nothing is known. */
export function usualCount(tally: Tally, expected: Expected, bin: number, isWorkingDay: IsWorkingDay): number | null {
  const working = isWorkingDay(businessDay(bin * HOUR_MS))
  switch (basisOf(tally, expected, working)) {
    case 'counted':
      return tally.usualCount[slotOf(bin, isWorkingDay)] ?? 0
    case 'declared':
      return declaredCount(expected, working, hourOfDay(bin))
    case 'none':
      return null
  }
}

function declaredCount(expected: Expected, working: boolean, hour: number): number {
  const whole = (working ? expected?.workingDay : expected?.otherDay) ?? 0
  const hours = OFFICE.to - OFFICE.from
  const inOffice = hour >= OFFICE.from && hour < OFFICE.to
  return inOffice ? (whole * OFFICE.share) / hours : (whole * (1 - OFFICE.share)) / (24 - hours)
}

/** Minutes of an hour in which events usually come: what a source that sends in bulk is judged by fairly. */
export function usualSigns(tally: Tally, expected: Expected, bin: number, isWorkingDay: IsWorkingDay): number | null {
  const working = isWorkingDay(businessDay(bin * HOUR_MS))
  switch (basisOf(tally, expected, working)) {
    case 'counted':
      return tally.usualSigns[slotOf(bin, isWorkingDay)] ?? 0
    case 'declared':
      return Math.min(SOURCE_LIMITS.declaredSignsPerHour, declaredCount(expected, working, hourOfDay(bin)))
    case 'none':
      return null
  }
}

/** Events expected in the whole of the day of `now`, and until now; null when nothing is known. */
export function expectedToday(
  tally: Tally,
  expected: Expected,
  now: number,
  isWorkingDay: IsWorkingDay,
): { readonly today: number | null; readonly byNow: number | null } {
  const from = hourBin(businessDayStart(businessDay(now)))
  let today = 0
  let byNow = 0
  for (let bin = from; bin < from + 24; bin++) {
    const usual = usualCount(tally, expected, bin, isWorkingDay)
    if (usual === null) return { today: null, byNow: null }
    today += usual
    byNow += usual * Math.min(1, Math.max(0, now / HOUR_MS - bin))
  }
  return { today, byNow }
}

/** Turns over to the hour of `now`: the one that ends teaches what is usual, if it was listened to and is no silence. */
export function turnHour(tally: Tally, now: number, isWorkingDay: IsWorkingDay): void {
  const bin = hourBin(now)
  const { hour } = tally
  if (bin <= hour.bin) return
  if (hour.heardMs >= SOURCE_LIMITS.wholeHourMs && tally.verdict !== 'silent') {
    const slot = slotOf(hour.bin, isWorkingDay)
    tally.usualCount[slot] = blend(tally.usualCount[slot] ?? null, hour.count)
    tally.usualSigns[slot] = blend(tally.usualSigns[slot] ?? null, hour.signs)
  }
  tally.hour = { bin, count: 0, signs: 0, lastMinute: -1, heardMs: 0 }
}

/** What is usual after one more value. */
export function blend(usual: number | null, value: number): number {
  return usual === null ? value : usual + SOURCE_LIMITS.learning * (value - usual)
}
