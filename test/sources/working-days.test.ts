import { expect, test } from 'vitest'
import { businessDay } from '../../src/model/time.ts'
import { workingDays } from '../../src/sources/working-days.ts'

const NATIONAL_DAY = { off: ['2026-10-01', '2026-10-02'], on: ['2026-10-10'] }
const isWorkingDay = workingDays((year) => (year === '2026' ? NATIONAL_DAY : undefined))

test.each([
  ['2026-09-30', true], // Wednesday
  ['2026-10-01', false], // Thursday, a holiday
  ['2026-10-03', false], // Saturday
  ['2026-10-10', true], // Saturday, worked instead
  ['2027-10-01', true], // Friday of a year without a calendar
  ['2027-10-02', false],
])('%s: %s', (date, works) => expect(isWorkingDay(businessDay(Date.parse(`${date}T00:00:00+08:00`)))).toBe(works))
