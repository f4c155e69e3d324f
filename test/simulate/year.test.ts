import { beforeAll, describe, expect, test } from 'vitest'
import { EVENT_TYPES } from '../../src/model/catalogue/catalogue.ts'
import type { CloudEvent } from '../../src/simulate/cloud-event.ts'
import { createProvince } from '../../src/simulate/province.ts'
import { createSetting, type Setting } from '../ingest/setting.ts'

const DAY_MS = 86_400_000
const START = Date.parse('2025-11-10T00:00:00+08:00')
const YEAR = {
  seed: '1',
  enterprises: 6_000,
  soleTraders: 1_500,
  rate: 0.004,
  days: 365,
  start: START,
  faults: 'usual',
} as const
const PROBLEMS = new Set(['rectify', 'not-disclosed', 'unreachable', 'failed', 'fraudulent', 'uncooperative'])
const BATCH = 1_000

describe('a year of a small province, with faults, through the real door', () => {
  const province = createProvince(YEAR)
  const types = new Set<string>()
  const answers = { accepted: 0, duplicates: 0, rejected: [] as string[] }
  let setting: Setting
  let sent = 0
  let seen: CloudEvent[] = []

  beforeAll(async () => {
    setting = createSetting()
    await setting.writer.start()
    seen = []
    let batch: CloudEvent[] = []
    const send = async (now: number) => {
      setting.clock.time = Math.max(setting.clock.time, now)
      const answer = await setting.send(...batch)
      answers.accepted += answer.accepted
      answers.duplicates += answer.duplicates
      answers.rejected.push(...answer.rejected.map(({ message }) => message))
      sent += batch.length
      batch = []
    }
    for (const { at, event } of province.told()) {
      if (at > province.now) break
      types.add(event.type)
      seen.push(event)
      batch.push(event)
      if (batch.length === BATCH) await send(at)
    }
    await send(province.now)
  }, 300_000)

  test('every event is accepted, or a duplicate where the feed doubled it', () => {
    expect(answers.rejected).toEqual([])
    expect(answers.accepted + answers.duplicates).toBe(sent)
    expect(answers.duplicates).toBe(sent - new Set(seen.map(({ source, id }) => `${source} ${id}`)).size)
    expect(answers.duplicates).toBeGreaterThan(50)
    expect(setting.logged()).toHaveLength(answers.accepted)
  })

  test('each type of the catalogue occurs', () => {
    expect(EVENT_TYPES.filter((type) => !types.has(type))).toEqual([])
  })

  test('reports rush in June, and July lists who did not file', () => {
    const month = (type: string, number: string) =>
      seen.filter((event) => event.type === type && event.time.slice(5, 7) === number).length
    expect(month('annual-report.filed', '06')).toBeGreaterThan(4 * month('annual-report.filed', '03'))
    expect(month('annual-report.filed', '10')).toBeLessThan(0.05 * month('annual-report.filed', '06'))
    const listed = seen.filter(
      ({ type, data }) => type === 'abnormal-list.entered' && data.reason === 'no-annual-report',
    )
    const july = listed.filter(({ time }) => time.slice(5, 7) === '07').length
    expect(july).toBeGreaterThan(0.8 * listed.length)
    expect(july / province.entities).toBeGreaterThan(0.05)
    expect(july / province.entities).toBeLessThan(0.2)
  })

  test('nobody works in Spring Festival, and everybody on a make-up Saturday', () => {
    const on = (day: string) =>
      seen.filter(({ type, time }) => type === 'enterprise.registered' && time.startsWith(day)).length
    const festival = ['16', '17', '18', '19', '20'].map((date) => on(`2026-02-${date}`)).reduce((a, b) => a + b)
    const week = ['02', '03', '04', '05', '06'].map((date) => on(`2026-03-${date}`)).reduce((a, b) => a + b)
    expect(festival).toBeLessThan(0.2 * week)
    expect(on('2026-02-28')).toBeGreaterThan(festival)
  })

  test('feeds are silent when the truth says so', () => {
    const told = [...toldUntilNow()]
    const outages = province.faults.filter(({ to }) => Date.parse(to) < province.now)
    expect(outages.length).toBeGreaterThan(20)
    for (const { source, from, to } of outages.slice(0, 20)) {
      const silent = told.filter(
        ({ at, event }) => event.source === source && at >= Date.parse(from) && at < Date.parse(to),
      )
      // Sent again or corrected is what was told before.
      const fresh = silent.filter(({ event }) => event.retracts === undefined)
      expect(fresh.length, `${source} ${from}`).toBeLessThan(4)
    }
  })

  function* toldUntilNow() {
    // Planted incidents keep their times whatever befalls the feeds.
    for (const told of createProvince({ ...YEAR, incidents: [] }).told()) {
      if (told.at > province.now) return
      yield told
    }
  }
})

test('inspections find the more the worse the hidden risk: steeply', () => {
  const province = createProvince({ ...YEAR, soleTraders: 0, rate: 0.06, days: 120, faults: 'none', incidents: [] })
  const bandOf = new Map(
    Array.from({ length: province.entities }, (_, index) => {
      const { code, risk } = province.hidden(index)
      return [code, risk.band] as const
    }),
  )
  const found = { A: [0, 0], B: [0, 0], C: [0, 0], D: [0, 0] } as Record<string, [number, number]>
  for (const { type, subject = '', time, data } of province.events()) {
    if (Date.parse(time) > province.start + 120 * DAY_MS) break
    if (type !== 'inspection.completed' || data.kind !== 'random') continue
    const counts = found[bandOf.get(subject) ?? '']
    if (counts === undefined) continue
    counts[0] += PROBLEMS.has(String(data.result)) ? 1 : 0
    counts[1] += 1
  }
  const rate = (band: string) => (found[band]?.[0] ?? 0) / (found[band]?.[1] || 1)
  expect(rate('A')).toBeLessThan(0.06)
  expect(rate('B')).toBeGreaterThan(2 * rate('A'))
  expect(rate('C')).toBeGreaterThan(rate('B') + 0.2)
  expect(rate('D')).toBeGreaterThan(rate('C') + 0.1)
  expect(rate('D')).toBeGreaterThan(0.6)
})
