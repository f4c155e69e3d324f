import { describe, expect, test } from 'vitest'
import { readIncidentFile } from '../../src/simulate/incidents/plan.ts'
import { createProvince, type Province, type ProvinceOptions } from '../../src/simulate/province.ts'
import type { Incident } from '../../src/simulate/truth.ts'
import { createReadings, type Trip } from './readings.ts'

const MINUTE = 60_000
const NOON_ON_MONDAY = Date.parse('2026-11-09T12:00:00+08:00')
/** Kinds all of whose events are about the enterprises they name, one after the other. */
const ONE_SUBJECT = new Set(['mass-registration', 'cluster-registration', 'complaint-surge', 'serial-claimant'])
/** At this rate all that chance may do to one enterprise is at its limit. */
const SMALL = { seed: '1', enterprises: 4_000, rate: 0.02, days: 14, start: NOON_ON_MONDAY }

/** What the exact readings find up to so long after the meeting with the wall clock. */
function tripsOf(province: Province, afterNowMs: number): Map<string, Trip> {
  const readings = createReadings()
  for (const event of province.initial()) readings.read(event)
  for (const event of province.events()) {
    if (Date.parse(event.time) > province.now + afterNowMs) break
    readings.read(event)
  }
  return readings.trips
}

const upTo = (province: Province, afterNowMs: number) => (incident: Incident) =>
  incident.trips !== null && Date.parse(incident.trips) <= province.now + afterNowMs

/** Whether what the readings found is some other story's, which says so of itself. */
const mentioned = (province: Province) => {
  const also = new Set(
    province.truth.flatMap(({ also, enterprises }) =>
      also.flatMap((code) => enterprises.map((each) => `${code} ${each}`)),
    ),
  )
  return ({ code, key }: Trip) => also.has(`${code} ${key}`)
}

const named = ({ code, key, trips }: Incident) => ({ code, key: key.key, time: trips })
const ofReadings = (truth: readonly Incident[]) => truth.filter(({ code }) => code === 'REG-01' || code === 'CMP-01')
const apart = (province: Province, found: Map<string, Trip>) => {
  const others = mentioned(province)
  return [...found.values()].filter((trip) => !others(trip))
}
const byKey = (a: { key: string }, b: { key: string }) => (a.key < b.key ? -1 : 1)

describe.each(['1', '2', '3', 'shanxi', '二零二六'])('with seed %s', (seed) => {
  test('in the live part the readings find exactly what was planted, when and how bad the truth says', () => {
    const province = createProvince({ ...SMALL, seed })
    const found = tripsOf(province, 12 * MINUTE)
    const planted = ofReadings(province.truth.filter(upTo(province, 12 * MINUTE))).filter(({ judged }) => judged)
    expect(planted.length).toBeGreaterThan(4)
    expect(
      apart(province, found)
        .map(({ code, key, time }) => ({ code, key, time }))
        .sort(byKey),
    ).toEqual(planted.map(named).sort(byKey))
    for (const incident of planted) {
      if (Date.parse(incident.ends) > province.now + 12 * MINUTE) continue
      expect(found.get(`${incident.code} ${incident.key.key}`)?.level, incident.id).toBe(incident.level)
    }
  })

  test('were history judged too, they would find the incidents of history and nothing else', () => {
    const province = createProvince({ ...SMALL, seed, liveFrom: SMALL.start })
    const found = tripsOf(province, 0)
    const planted = ofReadings(province.truth.filter(upTo(province, 0)))
    expect(planted.length).toBeGreaterThan(3)
    expect(
      apart(province, found)
        .map(({ code, key, time }) => ({ code, key, time }))
        .sort(byKey),
    ).toEqual(planted.map(named).sort(byKey))
  })
})

test('a month of twenty thousand enterprises in which nothing is planted trips nothing', () => {
  const province = createProvince({ ...SMALL, enterprises: 20_000, rate: 0.05, incidents: [], liveFrom: SMALL.start })
  expect([...tripsOf(province, 14 * 1_440 * MINUTE).values()]).toEqual([])
})

describe('for whoever starts a demo', () => {
  const province = createProvince(SMALL)
  const secondsAfterNow = (time: string | null) => (Date.parse(time ?? '') - province.now) / 1_000
  const first = (kind: string) => province.truth.find((incident) => incident.kind === kind && incident.judged)

  test('one incident of each detector trips within 25 s of the meeting with the wall clock', () => {
    for (const kind of ['mass-registration', 'complaint-surge']) {
      expect(secondsAfterNow(first(kind)?.trips ?? null)).toBeGreaterThan(3)
      expect(secondsAfterNow(first(kind)?.trips ?? null)).toBeLessThan(25)
    }
  })

  test('a decoy of each kind follows within a minute and a half', () => {
    for (const kind of ['cluster-registration', 'serial-claimant']) {
      expect(secondsAfterNow(first(kind)?.ends ?? null)).toBeLessThan(90)
    }
  })

  test('then about one incident a minute goes on', () => {
    const trips = province.truth.map(({ trips }) => secondsAfterNow(trips)).filter((at) => at > 60 && at < 600)
    expect(trips.length).toBeGreaterThanOrEqual(5)
  })

  test('now and then the filling of an address ends red', () => {
    expect(province.truth.some(({ level, judged }) => level === 'red' && judged)).toBe(true)
  })
})

test('truth counts the events it names, and they are within its bounds', () => {
  const province = createProvince({ ...SMALL, rate: 0 })
  const seen = new Map<string, string[]>()
  for (const event of province.events()) {
    if (Date.parse(event.time) > province.now + 10 * MINUTE) break
    const { subject = '', time } = event
    seen.set(subject, [...(seen.get(subject) ?? []), time])
  }
  const over = province.truth.filter(
    ({ kind, begins, ends }) =>
      ONE_SUBJECT.has(kind) && Date.parse(ends) <= province.now + 10 * MINUTE && Date.parse(begins) >= province.start,
  )
  expect(over.length).toBeGreaterThan(6)
  for (const incident of over) {
    const times = incident.enterprises.flatMap((code) => seen.get(code) ?? []).sort()
    expect(times.length, incident.id).toBe(incident.events)
    expect([times[0], times.at(-1)]).toEqual([incident.begins, incident.ends])
    expect(incident.peaks >= incident.begins && incident.peaks <= incident.ends, incident.id).toBe(true)
  }
})

test.each([0, 0.001, 0.5])('with %d days of history nothing is earlier than the start', (days) => {
  const options: ProvinceOptions = { ...SMALL, days, rate: 0.01 }
  const province = createProvince(options)
  for (const event of province.events()) {
    expect(Date.parse(event.time)).toBeGreaterThanOrEqual(options.start)
    if (Date.parse(event.time) > province.now + MINUTE) break
  }
})

test('a tiny population has as many surges as it has shops to spare', () => {
  const incidents = Array.from({ length: 12 }, (_, n) => ({ kind: 'complaint-surge', at: 10 + n }) as const)
  const province = createProvince({ ...SMALL, enterprises: 120, incidents })
  const about = province.truth.map(({ key }) => key.key)
  expect(about.length).toBeGreaterThan(0)
  expect(about.length).toBeLessThan(incidents.length)
  expect(new Set(about).size).toBe(about.length)
})

describe('a file of incidents', () => {
  test('replaces the default plan', () => {
    const incidents = readIncidentFile(
      '{"incidents":[{"kind":"complaint-surge","at":30,"size":12,"lasts":60,"before":2}]}',
    )
    const province = createProvince({ ...SMALL, incidents })
    expect(province.truth).toHaveLength(1)
    expect(province.truth[0]).toMatchObject({ kind: 'complaint-surge', events: 12, level: 'orange', decoy: false })
    expect([...tripsOf(province, 2 * MINUTE).values()].map(({ key }) => key)).toEqual([province.truth[0]?.key.key])
  })

  test('one under the threshold is planted and stays quiet', () => {
    const incidents = readIncidentFile('{"incidents":[{"kind":"mass-registration","at":5,"size":4,"lasts":10}]}')
    const province = createProvince({ ...SMALL, incidents })
    expect(province.truth[0]).toMatchObject({ level: null, trips: null })
    expect(tripsOf(province, MINUTE).size).toBe(0)
  })

  test.each([
    ['no json', 'not JSON'],
    ['{}', '/incidents'],
    ['{"incidents":[{"kind":"flood","at":0,"size":5,"lasts":10}]}', 'mass-registration'],
    ['{"incidents":[{"kind":"complaint-surge","at":0,"size":0,"lasts":10}]}', '/incidents/0/size'],
    ['{"incidents":[{"kind":"complaint-surge","at":0,"size":5,"lasts":10,"speed":1}]}', '/incidents/0/speed'],
  ])('%s is refused by name', (text, named) => {
    expect(() => readIncidentFile(text)).toThrow(named)
  })
})
