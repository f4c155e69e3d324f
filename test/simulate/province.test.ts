import { createHash } from 'node:crypto'
import { TypeCompiler } from '@sinclair/typebox/compiler'
import { describe, expect, test } from 'vitest'
import { isCounty } from '../../src/model/area.ts'
import { CATALOGUE, EVENT_TYPES } from '../../src/model/catalogue/catalogue.ts'
import { isCreditCode } from '../../src/model/credit-code.ts'
import { parseIndustry } from '../../src/model/industry.ts'
import type { CloudEvent } from '../../src/simulate/cloud-event.ts'
import { createProvince, type Province, type ProvinceOptions } from '../../src/simulate/province.ts'

const HOUR = 3_600_000
/** What may still be told of an enterprise that has left: the end of what began before. */
const FOLLOWS =
  /^(complaint.closed|inspection.rectified|order.fulfilled|penalty|case.closed|.*-list.left|recall.completed|monitoring.restored|judgment.satisfied|fact.resolved)/
const LEAVES = new Set(['enterprise.deregistered', 'enterprise.revoked', 'registration.cancelled'])
const SMALL: ProvinceOptions = {
  seed: '1',
  enterprises: 2_000,
  rate: 0.02,
  days: 16,
  start: Date.parse('2026-11-13T09:30:00+08:00'),
}

/** History and the first five minutes of the live part. */
function* upToNow(province: Province): Generator<CloudEvent> {
  yield* province.initial()
  for (const event of province.events()) {
    if (Date.parse(event.time) > province.now + 300_000) return
    yield event
  }
}

function digest(options: ProvinceOptions): string {
  const hash = createHash('sha256')
  for (const event of upToNow(createProvince(options))) hash.update(`${JSON.stringify(event)}\n`)
  return hash.digest('hex')
}

describe('same options, same events', () => {
  test('byte for byte, in a province made anew', () => {
    expect(digest({ ...SMALL })).toBe(digest({ ...SMALL }))
  })

  test('byte for byte, read twice and in turns', () => {
    const province = createProvince(SMALL)
    const [a, b] = [province.events()[Symbol.iterator](), province.events()[Symbol.iterator]()]
    for (let n = 0; n < 200; n++) expect(JSON.stringify(a.next())).toBe(JSON.stringify(b.next()))
    const fresh = createProvince(SMALL).events()[Symbol.iterator]()
    for (let n = 0; n < 200; n++) fresh.next()
    expect(JSON.stringify(a.next())).toBe(JSON.stringify(fresh.next()))
  })

  test.each<Partial<ProvinceOptions>>([
    { seed: '2' },
    { enterprises: 2_001 },
    { rate: 0.021 },
    { days: 17 },
    { start: SMALL.start + 1_000 },
    { incidents: [] },
    { rhythm: 'even' },
  ])('others with %o, and no id in common', (other) => {
    const ids = new Set([...upToNow(createProvince(SMALL))].map(({ id }) => id))
    const others = [...upToNow(createProvince({ ...SMALL, ...other }))]
    expect(others.length).toBeGreaterThan(10_000)
    expect(others.filter(({ id }) => ids.has(id))).toEqual([])
  })

  test('another seed names other enterprises', () => {
    const codes = (seed: string) =>
      new Set([...createProvince({ ...SMALL, seed }).initial()].flatMap((event) => event.subject ?? []))
    const [a, b] = [codes('1'), codes('2')]
    expect([...a].filter((code) => b.has(code))).toEqual([])
  })
})

describe('every event', () => {
  const province = createProvince(SMALL)
  const initial = [...province.initial()]
  const events = [...upToNow(province)].slice(initial.length)
  const all = [...initial, ...events]

  test('fits the catalogue and names a county, an industry and an enterprise', () => {
    const checks = new Map(EVENT_TYPES.map((type) => [type, TypeCompiler.Compile(CATALOGUE[type].data)]))
    for (const event of all) {
      const check = checks.get(event.type)
      if (!check?.Check(event.data)) {
        expect.fail(`${event.type} ${event.id}: ${JSON.stringify(check?.Errors(event.data).First())}`)
      }
      expect(event.specversion).toBe('1.0')
      expect(isCounty(event.region)).toBe(true)
      if (event.subject !== undefined) expect(isCreditCode(event.subject), event.subject).toBe(true)
      if (event.industry !== undefined) expect(parseIndustry(event.industry)).toBe(event.industry)
      expect(event.source).toMatch(/^\/simulated\//)
      expect(event.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?\+08:00$/)
    }
  })

  test('comes in order of time, the years before before the start', () => {
    for (const list of [initial, events]) {
      let last = Number.NEGATIVE_INFINITY
      for (const event of list) {
        expect(Date.parse(event.time)).toBeGreaterThanOrEqual(last)
        last = Date.parse(event.time)
      }
    }
    expect(Date.parse(initial.at(-1)?.time ?? '')).toBeLessThan(SMALL.start)
    expect(Date.parse(events[0]?.time ?? '')).toBeGreaterThanOrEqual(SMALL.start)
  })

  test('has an id of its own', () => {
    expect(new Set(all.map(({ source, id }) => `${source} ${id}`)).size).toBe(all.length)
  })

  test('is backfill when older than the last hour, and only then', () => {
    expect(initial.every(({ backfill }) => backfill === true)).toBe(true)
    for (const event of events) {
      const old = Date.parse(event.time) < province.now - HOUR
      expect(event.backfill, event.time).toBe(old ? true : undefined)
    }
  })

  test('is about an enterprise that was registered before and has not left', () => {
    const living = new Set<string>()
    for (const { type, subject = '', data } of all) {
      if (type === 'enterprise.registered') {
        expect(living.has(subject), subject).toBe(false)
        living.add(subject)
      } else if (subject !== '' && !FOLLOWS.test(type)) {
        expect(living.has(subject), `${type} of ${subject}`).toBe(true)
      }
      if (LEAVES.has(type) || data.to === 'outside') living.delete(subject)
    }
  })

  test('a change begins where the last one ended', () => {
    const address = new Map<string, unknown>()
    let moves = 0
    for (const { type, subject = '', data } of all) {
      if (type === 'enterprise.registered') address.set(subject, data.address)
      if (type !== 'enterprise.changed') continue
      for (const change of data.changes as { field: string; before: unknown; after: unknown }[]) {
        expect(change.after).not.toEqual(change.before)
        if (change.field !== 'address') continue
        moves++
        expect(change.before).toBe(address.get(subject))
        address.set(subject, change.after)
      }
    }
    expect(moves).toBeGreaterThan(10)
  })

  test('a complaint is closed once, after it was filed, under its number', () => {
    const open = new Map<string, string>()
    let closed = 0
    for (const { type, subject, data } of all) {
      if (type === 'complaint.filed') open.set(String(data.number), subject ?? 'unknown')
      if (type !== 'complaint.closed') continue
      closed++
      expect([subject, 'unknown']).toContain(open.get(String(data.number)))
      open.delete(String(data.number))
    }
    expect(closed).toBeGreaterThan(20)
  })
})

test('a million enterprises are there at once and cost no memory', () => {
  const province = createProvince({ ...SMALL, enterprises: 1_200_000, rate: 0.5 })
  const before = process.memoryUsage().heapUsed
  let count = 0
  for (const event of province.events()) if (event.time === '' || ++count === 20_000) break
  for (const event of province.initial()) if (event.time === '' || ++count === 40_000) break
  expect(count).toBe(40_000)
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(150e6)
})

test.each([
  [{ enterprises: 0 }, 'enterprises'],
  [{ enterprises: 1.5 }, 'enterprises'],
  [{ rate: -1 }, 'rate'],
  [{ rate: Number.NaN }, 'rate'],
  [{ days: -1 }, 'days'],
])('%o is refused by name', (wrong, name) => {
  expect(() => createProvince({ ...SMALL, ...wrong })).toThrow(name)
})
