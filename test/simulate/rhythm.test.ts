import { describe, expect, test } from 'vitest'
import { businessDay, businessDayStart, DAY_MS } from '../../src/model/time.ts'
import { isWeekend, isWorkday } from '../../src/simulate/calendar.ts'
import { createProvince } from '../../src/simulate/province.ts'
import { streams } from '../../src/simulate/random.ts'
import { afterWeeks, arrivals, officeTimeAfter, RHYTHMS, weekStart } from '../../src/simulate/rhythm.ts'

const MONDAY = Date.parse('2026-11-09T00:00:00+08:00')
const hourOf = (time: number) => Math.floor((time - businessDayStart(businessDay(time))) / 3_600_000)

function hours(times: Iterable<number>): { byHour: number[]; weekend: number; all: number } {
  const byHour = Array.from({ length: 24 }, () => 0)
  let weekend = 0
  let all = 0
  for (const time of times) {
    const hour = hourOf(time)
    byHour[hour] = (byHour[hour] ?? 0) + 1
    if (isWeekend(businessDay(time))) weekend++
    all++
  }
  return { byHour, weekend, all }
}
const sum = (numbers: number[], from: number, to: number) => numbers.slice(from, to).reduce((a, b) => a + b, 0)

describe('over four weeks', () => {
  const province = createProvince({
    seed: '1',
    enterprises: 20_000,
    rate: 0.06,
    days: 28,
    start: MONDAY,
    incidents: [],
  })
  const events = [...historyOf(province)]
  const timesOf = (...types: string[]) => events.filter(({ type }) => types.includes(type)).map(({ time }) => time)

  test('as many events come as the rate says', () => {
    const expected = 0.06 * 86_400 * 28
    expect(events.length).toBeGreaterThan(expected * 0.95)
    expect(events.length).toBeLessThan(expected * 1.05)
  })

  test('the registry works on workdays in office hours', () => {
    const { byHour, weekend, all } = hours(timesOf('enterprise.registered', 'enterprise.changed'))
    expect(all).toBeGreaterThan(2_500)
    expect(weekend / all).toBeLessThan(0.03)
    expect(sum(byHour, 8, 18) / all).toBeGreaterThan(0.9)
    expect(sum(byHour, 0, 6)).toBe(0)
  })

  test('consumers complain in the evening, and more at the weekend', () => {
    const { byHour, weekend, all } = hours(timesOf('complaint.filed'))
    expect(all).toBeGreaterThan(2_000)
    expect(sum(byHour, 18, 23)).toBeGreaterThan(4 * sum(byHour, 1, 6))
    expect(weekend / 8).toBeGreaterThan((1.1 * (all - weekend)) / 20)
  })

  test('other departments deliver at night', () => {
    const { byHour, all } = hours(timesOf('tax.reported', 'insurance.reported'))
    expect(sum(byHour, 0, 6) / all).toBeGreaterThan(0.5)
  })
})

test.each([0.001, 0.02, 1])('at %d events a second the volume is right whatever the population', (rate) => {
  const province = createProvince({
    seed: '1',
    enterprises: 2_000,
    rate,
    days: rate < 0.01 ? 280 : rate < 1 ? 28 : 1,
    start: MONDAY,
    incidents: [],
    rhythm: 'even',
  })
  const count = [...historyOf(province)].length
  expect(count / province.expected.history).toBeGreaterThan(0.92)
  expect(count / province.expected.history).toBeLessThan(1.05)
})

test('an even rhythm knows no night', () => {
  const province = createProvince({
    seed: '1',
    enterprises: 5_000,
    rate: 0.2,
    days: 2,
    start: MONDAY,
    rhythm: 'even',
    incidents: [],
  })
  const { byHour, all } = hours([...historyOf(province)].map(({ time }) => time))
  for (const count of byHour) expect(count / all).toBeGreaterThan(0.03)
})

describe('times', () => {
  test('arrivals come in order, at the intensity asked for', () => {
    let last = MONDAY
    let count = 0
    for (const time of arrivals(streams('1', 'test').at(0), RHYTHMS.evening, 200, MONDAY)) {
      expect(time).toBeGreaterThanOrEqual(last)
      last = time
      if (time > MONDAY + 28 * DAY_MS) break
      count++
    }
    expect(Math.abs(count - 5_600)).toBeLessThan(4 * Math.sqrt(5_600))
  })

  test('none come at a rate of nothing', () => {
    expect([...arrivals(streams('1', 'test').at(0), RHYTHMS.office, 0, MONDAY)]).toEqual([])
  })

  test('every rhythm has mean 1 and 168 hours', () => {
    for (const rhythm of Object.values(RHYTHMS)) {
      expect(rhythm).toHaveLength(168)
      expect(rhythm.reduce((a, b) => a + b, 0)).toBeCloseTo(168, 6)
    }
  })

  test('a growing share of the work comes at growing times, in office hours', () => {
    let last = Number.NEGATIVE_INFINITY
    for (let share = 0; share < 3; share += 0.001) {
      const time = afterWeeks(RHYTHMS.office, MONDAY, share)
      expect(time).toBeGreaterThanOrEqual(last)
      expect(time).toBeLessThan(MONDAY + 21 * DAY_MS)
      last = time
    }
    expect(hourOf(afterWeeks(RHYTHMS.office, MONDAY, 0.1))).toBeGreaterThanOrEqual(8)
  })

  test('an office answers on a workday, later than it was asked', () => {
    const random = streams('1', 'test').at(1)
    for (let n = 0; n < 200; n++) {
      const asked = MONDAY + n * 5 * 3_600_000
      const answered = officeTimeAfter(random, asked, 1 + (n % 9))
      expect(answered).toBeGreaterThan(asked)
      expect(isWorkday(businessDay(answered))).toBe(true)
    }
  })

  test('a week begins on Monday at midnight in Shanxi', () => {
    expect(weekStart(MONDAY)).toBe(MONDAY)
    expect(weekStart(MONDAY + 7 * DAY_MS - 1)).toBe(MONDAY)
  })
})

function* historyOf(province: ReturnType<typeof createProvince>): Generator<{ type: string; time: number }> {
  for (const { type, time } of province.events()) {
    if (Date.parse(time) > province.now) return
    yield { type, time: Date.parse(time) }
  }
}
