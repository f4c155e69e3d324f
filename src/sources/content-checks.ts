import type { ContentFault } from '../model/source.ts'
import { businessDay } from '../model/time.ts'
import type { IsWorkingDay } from './calendar-port.ts'
import { SOURCE_LIMITS } from './limits.ts'
import type { DayCount, Tally, UsualDay } from './tally.ts'
import { blend } from './usual.ts'

/**
 * Holds the last whole day against what is usual on days of its kind, once, and learns from it. A day without events is
 * for silence to judge, and teaches nothing; that of a batch source is one without a delivery.
 */
export function checkContent(tally: Tally, isBatch: boolean, now: number, isWorkingDay: IsWorkingDay): void {
  const today = businessDay(now)
  const done = tally.checked?.day ?? Number.NEGATIVE_INFINITY
  const whole = tally.days.filter(({ day, count }) => day < today && day > done && count > 0).reverse()
  for (const day of whole) {
    const usual = tally.usualDay[isBatch || isWorkingDay(day.day) ? 'working' : 'off']
    tally.checked = { day: day.day, faults: faultsOf(day, usual) }
    learn(usual, day)
  }
}

function faultsOf(day: DayCount, usual: UsualDay): ContentFault[] {
  if (usual.days < SOURCE_LIMITS.learnedDays) return []
  const { deviation, deviationSigmas, countyUsual, rateLeast } = SOURCE_LIMITS
  const faults: ContentFault[] = []
  const fault = (check: ContentFault['check'], observed: number, expected: number, counties: string[] = []) =>
    faults.push({ check, observed, expected, counties })

  const off = Math.abs(day.count - usual.count)
  if (off > deviation * usual.count && off > deviationSigmas * Math.sqrt(usual.count)) {
    fault('volume', day.count, usual.count)
  }
  const missing = Object.entries(usual.counties).filter(
    ([county, count]) => count >= countyUsual && day.counties[county] === undefined,
  )
  if (missing.length > 0) {
    const counties = missing.map(([county]) => county).sort()
    fault(
      'county-missing',
      0,
      missing.reduce((sum, [, count]) => sum + count, 0),
      counties,
    )
  }
  if (day.count < rateLeast) return faults
  const { noSubject, noIndustry, duplicates } = rates(day)
  if (noSubject - usual.noSubject > deviation) fault('subject-missing', noSubject, usual.noSubject)
  if (noIndustry - usual.noIndustry > deviation) fault('industry-missing', noIndustry, usual.noIndustry)
  if (duplicates - usual.duplicates > deviation) fault('duplicates', duplicates, usual.duplicates)
  return faults
}

function rates({ count, noSubject, noIndustry, duplicates }: DayCount) {
  return { noSubject: noSubject / count, noIndustry: noIndustry / count, duplicates: duplicates / (count + duplicates) }
}

function learn(usual: UsualDay, day: DayCount): void {
  const first = usual.days === 0
  const next = (before: number, value: number) => blend(first ? null : before, value)
  const { noSubject, noIndustry, duplicates } = rates(day)
  usual.count = next(usual.count, day.count)
  usual.noSubject = next(usual.noSubject, noSubject)
  usual.noIndustry = next(usual.noIndustry, noIndustry)
  usual.duplicates = next(usual.duplicates, duplicates)
  for (const county of new Set([...Object.keys(usual.counties), ...Object.keys(day.counties)])) {
    usual.counties[county] = next(usual.counties[county] ?? 0, day.counties[county] ?? 0)
  }
  usual.days++
}
