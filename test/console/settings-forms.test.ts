import { Value } from '@sinclair/typebox/value'
import { describe, expect, test } from 'vitest'
import {
  allowFaults,
  draftOf,
  EMPTY_DRAFT,
  entryOf,
  inOrder,
  lastDayOf,
  withEntry,
} from '../../dashboards/console/src/board/allow-form.ts'
import { changedDays, dayKind, monthsOf, toggled } from '../../dashboards/console/src/board/calendar-days.ts'
import {
  EMPTY_SOURCE,
  registrationOf,
  type SourceDraft,
  sourceDraftOf,
  sourceFaults,
} from '../../dashboards/console/src/board/source-form.ts'
import { AllowListEntry } from '../../src/model/allow-list.ts'
import { calendarYearFault, calendarYearName, isWorkingDay } from '../../src/model/calendar.ts'
import { SourceRegistration } from '../../src/model/source.ts'
import { parseDay } from '../../src/model/time.ts'

const NOW = Date.parse('2026-11-25T20:00:00+08:00')

describe('an exemption', () => {
  const draft = {
    ...EMPTY_DRAFT,
    key: ' 91140105MA0K2914XG ',
    owner: '张处',
    reason: '集群地址',
    lastDay: '2026-11-25',
  }

  test('names what it lacks, and takes today for its last day but no day before', () => {
    expect(allowFaults(EMPTY_DRAFT, NOW)).toEqual({
      key: 'missing',
      owner: 'missing',
      reason: 'missing',
      lastDay: 'missing',
    })
    expect(allowFaults(draft, NOW)).toEqual({})
    expect(allowFaults({ ...draft, lastDay: '2026-11-24' }, NOW)).toEqual({ lastDay: 'past' })
  })

  test('lasts to the end of its last day and is what the service takes', () => {
    const entry = entryOf(draft)
    expect(entry).toMatchObject({ key: '91140105MA0K2914XG', detector: null, until: '2026-11-26T00:00:00+08:00' })
    expect(Value.Check(AllowListEntry, { ...entry, until: Date.parse(entry.until) })).toBe(true)
    expect(lastDayOf(entry)).toBe('2026-11-25')
    expect(entryOf(draftOf(entry))).toEqual(entry)
  })

  test('takes the place of the one it was made from, and of the same one; those that have ended stand last', () => {
    const entry = entryOf(draft)
    const other = { ...entry, key: 'other', until: '2027-01-01T00:00:00+08:00' }
    const moved = { ...entry, detector: 'complaint-surge' }
    expect(withEntry([entry, other], moved, entry)).toEqual([other, moved])
    expect(withEntry([entry, other], { ...entry, owner: '李处' }, null)).toEqual([other, { ...entry, owner: '李处' }])
    expect(inOrder([entry, other], Date.parse('2026-12-01T00:00:00+08:00'))).toEqual([other, entry])
    expect(inOrder([other, entry], NOW)).toEqual([entry, other])
  })
})

describe('a source', () => {
  const draft: SourceDraft = { ...EMPTY_SOURCE, name: '/sx/12315', owner: '省局', contact: '值班室' }

  test('is registered with three words; each that is missing is named', () => {
    expect(sourceFaults(EMPTY_SOURCE)).toEqual({ name: 'missing', owner: 'missing', contact: 'missing' })
    expect(sourceFaults({ ...draft, name: '/sx 12315' })).toEqual({ name: 'malformed' })
    expect(sourceFaults({ ...draft, everywhere: false })).toEqual({ areas: 'missing' })
    expect(sourceFaults({ ...draft, workingDay: '120' })).toEqual({ otherDay: 'missing' })
    expect(sourceFaults({ ...draft, workingDay: '-1', otherDay: '2.5' })).toEqual({
      workingDay: 'malformed',
      otherDay: 'malformed',
    })
    const batch = { ...draft, cadence: 'batch' } as const
    expect(sourceFaults({ ...batch, graceDays: '61' })).toEqual({ dueDays: 'missing', graceDays: 'malformed' })
    expect(sourceFaults({ ...batch, dueDays: '0, 15' })).toEqual({ dueDays: 'malformed' })
  })

  test.each<[string, Partial<SourceDraft>]>([
    ['as things happen', {}],
    ['with what is expected', { workingDay: '120', otherDay: '0' }],
    ['on days of the month', { cadence: 'batch', dueDays: '15、1，1', graceDays: '0' }],
    ['for some counties', { everywhere: false, areas: ['140105', '140200'], detectors: ['complaint-surge'] }],
  ])('that sends %s is what the service takes, and reads back as it was', (_how, over) => {
    const complete = { ...draft, ...over }
    expect(sourceFaults(complete)).toEqual({})
    const registration = registrationOf(complete)
    expect(Value.Check(SourceRegistration, registration)).toBe(true)
    expect(registrationOf(sourceDraftOf(registration))).toEqual(registration)
  })

  test('delivers on each of its days once, in order', () => {
    expect(registrationOf({ ...draft, cadence: 'batch', dueDays: '15、1，1' }).cadence).toEqual({
      kind: 'batch',
      dueDays: [1, 15],
      graceDays: 3,
    })
  })
})

describe('a calendar', () => {
  const year = { calendar: 'working-days', year: 2026, off: ['2026-10-01'], on: ['2026-10-10'] }

  test('hangs on the wall with all its days, weeks from Monday', () => {
    const months = monthsOf(2028)
    const days = months.flatMap(({ cells }) => cells).filter((day) => day !== null)
    expect([days.length, days[0], days.at(-1), days.includes('2028-02-29')]).toEqual([
      366,
      '2028-01-01',
      '2028-12-31',
      true,
    ])
    // 1 January 2028 is a Saturday.
    expect(months[0]?.cells.indexOf('2028-01-01')).toBe(5)
  })

  test('says of every day what the service reckons with', () => {
    const years = { [calendarYearName(year)]: year }
    for (const { cells } of monthsOf(2026))
      for (const day of cells)
        if (day !== null)
          expect([day, ['work', 'on'].includes(dayKind(year, day))]).toEqual([
            day,
            isWorkingDay(years, parseDay(day) ?? 0),
          ])
  })

  test('is changed day by day, and a day twice is as it was', () => {
    for (const day of ['2026-10-01', '2026-10-02', '2026-10-10', '2026-10-11']) {
      const once = toggled(year, day)
      expect(calendarYearFault(once)).toBeNull()
      expect(isWorkingDay({ [calendarYearName(year)]: once }, parseDay(day) ?? 0)).not.toBe(
        isWorkingDay({ [calendarYearName(year)]: year }, parseDay(day) ?? 0),
      )
      expect(changedDays(year, once)).toBe(1)
      expect(toggled(once, day)).toEqual(year)
    }
  })
})
