import { describe, expect, test } from 'vitest'
import type { Cadence } from '../../src/model/source.ts'
import { businessDay, DAY_MS, HOUR_MS } from '../../src/model/time.ts'
import { dueAround } from '../../src/sources/due.ts'
import { COMPLAINTS, canonical, createSetting, isWeekday, type Setting } from './setting.ts'

const MINUTE_MS = 60_000

/** An event every fifth minute from 8 to 18 o'clock of a working day. The clock of the setting begins on a Monday at 8. */
function office(setting: Setting) {
  return (now: number) => {
    const minute = Math.floor((now + 8 * HOUR_MS) / MINUTE_MS)
    const hour = Math.floor(minute / 60) % 24
    if (isWeekday(businessDay(now)) && hour >= 8 && hour < 18 && minute % 5 === 0)
      setting.arrive(canonical({ time: now }))
  }
}

const verdictOf = async ({ board }: Setting) => (await board.list())[0]?.silence

describe('silence of a live source', () => {
  test('what is usual is counted; nights and days off are quiet, a working hour is not', async () => {
    const setting = createSetting()
    await setting.register.put(COMPLAINTS, 'admin')
    await setting.pass(7 * DAY_MS, office(setting))
    // Monday 8:00 again, after a quiet weekend.
    expect(await verdictOf(setting)).toMatchObject({ verdict: 'ok' })
    expect((await setting.board.list())[0]).toMatchObject({ expected: { basis: 'counted', today: 120, byNow: 0 } })

    // One of the five minutes that count was the last of Friday.
    await setting.pass(19 * MINUTE_MS)
    expect(await verdictOf(setting)).toMatchObject({ verdict: 'ok', missed: 4.8 })
    await setting.pass(2 * MINUTE_MS)
    const fridayEvening = '2026-11-27T17:55:00+08:00'
    expect(await verdictOf(setting)).toMatchObject({ verdict: 'late', since: fridayEvening })
    expect(setting.board.silent()).toEqual([])
    await setting.pass(35 * MINUTE_MS)
    expect(await verdictOf(setting)).toMatchObject({ verdict: 'silent', since: fridayEvening })
    expect(setting.board.silent()).toEqual(['/sx/12315'])
    expect(setting.board.counts()).toEqual({ registered: 1, late: 0, silent: 1 })
    const silence = await setting.metrics.sourceSilenceSeconds.get()
    expect(silence.values).toEqual([{ labels: { source: '/sx/12315' }, value: (62 * 60 + 5 + 56) * 60 }])

    setting.arrive(canonical())
    await setting.pass(MINUTE_MS)
    expect(await verdictOf(setting)).toMatchObject({ verdict: 'ok', since: null })
    expect(setting.board.silent()).toEqual([])
  })

  test('a silence teaches nobody that silence is usual', async () => {
    const setting = createSetting()
    await setting.register.put(COMPLAINTS, 'admin')
    await setting.pass(7 * DAY_MS, office(setting))
    await setting.pass(30 * DAY_MS)
    expect(await verdictOf(setting)).toMatchObject({ verdict: 'silent' })
    expect((await setting.board.list())[0]).toMatchObject({ expected: { today: 120 } })
  })

  test('an outage of the service makes nobody silent, and another lead goes on where the last one was', async () => {
    const setting = createSetting()
    await setting.register.put(COMPLAINTS, 'admin')
    await setting.pass(7 * DAY_MS, office(setting))
    setting.sleep(8 * HOUR_MS)
    await setting.anotherLead()
    await setting.pass(19 * MINUTE_MS)
    expect(await verdictOf(setting)).toMatchObject({ verdict: 'ok', missed: 4.6 })
  })

  test('what was declared holds until enough was counted; without either nothing is known', async () => {
    const setting = createSetting()
    await setting.register.put({ ...COMPLAINTS, expected: { workingDay: 1_000, otherDay: 0 } }, 'admin')
    // The first minute only begins to listen.
    await setting.pass(61 * MINUTE_MS)
    // Four times an hour at most, whatever the volume: nobody knows yet whether it sends in bulk.
    expect(await verdictOf(setting)).toMatchObject({ verdict: 'ok', missed: 4 })
    await setting.pass(121 * MINUTE_MS)
    expect(await verdictOf(setting)).toMatchObject({ verdict: 'silent', since: '2026-11-23T08:00:00+08:00' })

    const blank = createSetting()
    await blank.register.put(COMPLAINTS, 'admin')
    await blank.pass(3 * HOUR_MS)
    expect(await verdictOf(blank)).toMatchObject({ verdict: 'unknown', missed: 0, seconds: null })
  })

  test('tests and repetitions are no signs of life; history is', async () => {
    const setting = createSetting()
    await setting.register.put({ ...COMPLAINTS, expected: { workingDay: 1_000, otherDay: 0 } }, 'admin')
    await setting.pass(182 * MINUTE_MS, () => {
      setting.arrive(canonical({ test: true }))
      setting.repeat(canonical())
    })
    const [view] = await setting.board.list()
    expect(view).toMatchObject({
      silence: { verdict: 'silent' },
      received: { today: 0, duplicatesToday: 182, lastAt: null, lastTestAt: '2026-11-23T11:01:00+08:00' },
    })
    setting.arrive(canonical({ backfill: true }))
    await setting.pass(MINUTE_MS)
    expect((await setting.board.list())[0]).toMatchObject({
      silence: { verdict: 'ok' },
      received: { today: 0, backfillToday: 1 },
    })
  })
})

describe('silence of a batch source', () => {
  const at = (text: string) => Date.parse(`${text}+08:00`)
  const registered = { registeredAt: at('2026-01-01T00:00:00'), complete: null }

  test.each([
    // Due on the 10th: Saturday 10 Oct 2026 is off, so it was due on Monday 12 Oct.
    ['2026-10-12T23:59:59', '2026-09-10T12:00:00', true, '2026-10-13T00:00:00'],
    ['2026-10-13T00:00:00', '2026-09-10T12:00:00', false, '2026-10-13T00:00:00'],
    ['2026-10-13T00:00:00', '2026-09-11T00:00:01', true, '2026-11-11T00:00:00'],
  ])('at %s, last come %s: met %s, due %s', (now, last, isMet, due) => {
    expect(dueAround([10], registered, at(last), at(now), isWeekday)).toEqual({ due: at(due), isMet })
  })

  test('the 31st is the last day of a shorter month', () => {
    // Saturday 28 Feb 2026 is off: Monday 2 March.
    const { due } = dueAround([31], registered, at('2026-02-15T00:00:00'), at('2026-02-20T00:00:00'), isWeekday)
    expect(due).toBe(at('2026-03-03T00:00:00'))
  })

  test('with completeness marks the mark must reach, not the arrival', () => {
    const reaching = (through: string) => ({ ...registered, complete: { through, markedAt: '', markedBy: '' } })
    const now = at('2026-11-15T00:00:00')
    const came = at('2026-11-14T00:00:00')
    expect(dueAround([10], reaching('2026-09-30T00:00:00+08:00'), came, now, isWeekday).isMet).toBe(false)
    expect(dueAround([10], reaching('2026-10-31T00:00:00+08:00'), came, now, isWeekday).isMet).toBe(true)
  })

  test('it is late after its day and silent after the days of grace', async () => {
    const setting = createSetting()
    const cadence: Cadence = { kind: 'batch', dueDays: [24], graceDays: 3 }
    await setting.register.put({ ...COMPLAINTS, cadence }, 'admin')
    setting.sleep(32 * DAY_MS) // from Monday 23 Nov to Friday 25 Dec, 8:00
    await setting.pass(MINUTE_MS)
    expect(await verdictOf(setting)).toMatchObject({
      verdict: 'late',
      since: '2026-12-25T00:00:00+08:00',
      due: '2026-12-25T00:00:00+08:00',
    })
    setting.sleep(3 * DAY_MS)
    await setting.pass(MINUTE_MS)
    expect(await verdictOf(setting)).toMatchObject({ verdict: 'silent' })
    setting.arrive(canonical())
    await setting.pass(MINUTE_MS)
    // Sunday 24 January: Monday.
    expect(await verdictOf(setting)).toMatchObject({ verdict: 'ok', due: '2027-01-26T00:00:00+08:00' })
  })
})
