import { describe, expect, it } from 'vitest'
import { addWorkingDays, addWorkingHours, type CalendarYears, isWorkingDay } from '../../src/model/calendar.ts'
import { formatDay, formatTime, parseDay } from '../../src/model/time.ts'
import { stateCouncilYears } from '../../src/state-council-days.ts'

const YEARS: CalendarYears = Object.fromEntries(
  stateCouncilYears().map((year) => [`${year.calendar} ${year.year}`, year]),
)
const day = (text: string) => parseDay(text) as number

describe('working days of the State Council', () => {
  it.each([
    ['2025-10-01', false, 'National Day, a Wednesday'],
    ['2025-10-08', false, 'the last day of that holiday'],
    ['2025-10-09', true, 'the Thursday after it'],
    ['2025-10-11', true, 'a Saturday worked instead'],
    ['2025-09-28', true, 'a Sunday worked instead'],
    ['2025-11-22', false, 'a Saturday'],
    ['2025-11-24', true, 'a Monday'],
  ])('%s: %s (%s)', (text, works) => {
    expect(isWorkingDay(YEARS, day(text))).toBe(works)
  })

  it('are counted over holidays and make-up days', () => {
    const later = (text: string, count: number) => formatDay(addWorkingDays(YEARS, day(text), count))
    expect(later('2025-09-26', 1)).toBe('2025-09-28')
    expect(later('2025-09-30', 1)).toBe('2025-10-09')
    expect(later('2025-09-30', 3)).toBe('2025-10-11')
    expect(later('2025-10-01', 0)).toBe('2025-10-09')
    expect(later('2025-10-09', 0)).toBe('2025-10-09')
  })

  it('have hours, of which those of a closed office do not count', () => {
    const later = (text: string, hours: number) =>
      formatTime(addWorkingHours(YEARS, Date.parse(`${text}:00+08:00`), hours, { from: 9, to: 17 })).slice(0, 16)
    expect(later('2025-11-21T16:00', 4)).toBe('2025-11-24T12:00')
    expect(later('2025-11-21T16:00', 1)).toBe('2025-11-21T17:00')
    expect(later('2025-11-21T20:00', 1)).toBe('2025-11-24T10:00')
    expect(later('2025-11-22T12:00', 8)).toBe('2025-11-24T17:00')
    expect(later('2025-09-30T16:30', 1)).toBe('2025-10-09T09:30')
  })
})

it('holidays do not go by the time zone of the machine', () => {
  const [years, zone] = [stateCouncilYears(), process.env.TZ]
  process.env.TZ = 'America/Los_Angeles'
  expect(stateCouncilYears()).toEqual(years)
  process.env.TZ = zone ?? 'UTC'
})

it('another calendar has days of its own, and a year that nobody told of is an ordinary week', () => {
  const school = { 'school 2026': { off: ['2026-07-13'], on: ['2026-07-18'] } }
  expect(isWorkingDay(school, day('2026-07-13'), 'school')).toBe(false)
  expect(isWorkingDay(school, day('2026-07-18'), 'school')).toBe(true)
  expect(isWorkingDay(school, day('2026-07-13'))).toBe(true)
  const never = {
    'shut 2026': { off: Array.from({ length: 366 }, (_, n) => formatDay(day('2026-01-01') + n)), on: [] },
  }
  expect(formatDay(addWorkingDays(never, day('2026-01-01'), 1, 'shut'))).toBe('2027-01-01')
})
