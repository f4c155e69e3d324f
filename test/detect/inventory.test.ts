import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { sameAddressRegistrations } from '../../detectors/registration/same-address-registrations.ts'
import type { Detector } from '../../src/detect/contract.ts'
import { type ControlAt, replayKey } from '../../src/detect/replay-key.ts'
import type { Shard } from '../../src/detect/shard.ts'
import { ALL_PARTITIONS } from '../../src/detect/statistics/hash.ts'
import type { ControlEntry } from '../../src/model/control.ts'
import type { Finding } from '../../src/model/finding.ts'
import { joinInventories } from '../../src/model/inventory.ts'
import { decodeBatch } from '../../src/model/row.ts'
import { DAY_MS } from '../../src/model/time.ts'
import { passOffline } from '../../src/offline-pass.ts'
import { everyDetector } from '../detectors/every.ts'
import { ALL, byArrival, START, stream, told } from '../detectors/streams.ts'
import { countingDetector } from './counting-detector.ts'
import { EPOCH, shardOf, TestLog, type Told, time } from './log.ts'

const KEY = '91140105MA0K2914XG'
const OTHER = '91140212MA0K6317XG'

/** Orange from five complaints within a week, red from eight; `version` as the log has it. */
const counting = (version = 1) =>
  countingDetector({ windows: { recent: { days: 7, distinct: true } }, lateness: 3, threshold: 5, red: 8, version })

const complaints = (at: string, count: number, more: Partial<Told> = {}): Told[] =>
  Array.from({ length: count }, () => ({ type: 'complaint.filed', subject: KEY, at: time(at), ...more }))

const EVERYTHING = { areas: 'all', after: null, most: 1_000 } as const

function fold(detectors: readonly Detector[], log: TestLog, shard = shardOf(detectors)) {
  const findings = log.messages.slice(shard.newest()).flatMap((message) => shard.apply(message))
  return { shard, findings, cases: shard.inventory(EVERYTHING).cases }
}

const parameters = (log: TestLog, version: number, values: Record<string, number>, at: string) =>
  log.control(
    { type: 'yujing.parameters', data: { detector: 'counting', version, parameters: values, by: 'a' } },
    time(at),
  )

const versions = (log: TestLog, judging: Record<string, number>, at: string) =>
  log.control({ type: 'yujing.detectors', data: { versions: judging } }, time(at))

const kinds = (findings: readonly Finding[]) =>
  findings.map(({ kind, level, evidence, inventory }) =>
    [kind, level, evidence.observed, ...(inventory ? ['inventory'] : [])].join(' '),
  )

describe('parameters that go live', () => {
  it('put what already fulfils them on a list and open nothing, also with the next event', () => {
    const log = new TestLog().rows(...complaints('2026-03-02', 3), ...complaints('2026-03-02', 2, { subject: OTHER }))
    parameters(log, 1, { least: 3 }, '2026-03-03')
    log.rows(...complaints('2026-03-03', 1))
    const { findings, cases } = fold([counting()], log)
    expect(findings).toEqual([])
    expect(cases).toMatchObject([
      {
        code: 'TST-01',
        level: 'orange',
        subject: { kind: 'enterprise', key: KEY },
        region: '140105',
        because: 'parameters',
        since: time('2026-03-03'),
        summary: { en: '4 events' },
        evidence: { observed: 4, threshold: 3, eventsTotal: 4 },
      },
    ])
  })

  it('open an alert once the level rises', () => {
    const log = new TestLog().rows(...complaints('2026-03-02', 4))
    parameters(log, 1, { least: 3 }, '2026-03-03')
    log.rows(...complaints('2026-03-03', 5))
    const { findings, cases } = fold([counting()], log)
    expect(kinds(findings)).toEqual(['open red 8'])
    expect(cases).toEqual([])
  })

  it('open an alert once the key has fallen below and crosses again', () => {
    const log = new TestLog().rows(...complaints('2026-03-02', 4))
    parameters(log, 1, { least: 3 }, '2026-03-03')
    log.rows(...complaints('2026-03-20', 1))
    expect(fold([counting()], log).cases).toEqual([])
    log.rows(...complaints('2026-03-20', 2))
    expect(kinds(fold([counting()], log).findings)).toEqual(['open orange 3'])
  })

  it('leave an alert that runs as it is, and list nothing that time has passed', () => {
    const log = new TestLog().rows(...complaints('2026-03-02', 5), ...complaints('2026-03-02', 3, { subject: OTHER }))
    parameters(log, 1, { least: 3 }, '2026-03-12')
    expect(fold([counting()], log).cases).toEqual([])
    log.rows(...complaints('2026-03-13', 3), ...complaints('2026-03-13', 3, { subject: OTHER }))
    expect(kinds(fold([counting()], log).findings)).toEqual([
      'open orange 5',
      'end orange 1',
      'level orange 3',
      'open orange 3',
    ])
  })

  it('list no test events', () => {
    const log = new TestLog().rows(...complaints('2026-03-02', 4, { test: true }))
    parameters(log, 1, { least: 3 }, '2026-03-03')
    log.rows(...complaints('2026-03-03', 1, { test: true }))
    expect(fold([counting()], log)).toMatchObject({ findings: [], cases: [] })
  })
})

it('a stock that stands is listed with its address, however long ago the last enterprise came', () => {
  const address = 'a1'.padEnd(34, '7')
  const registered = Array.from({ length: 4 }, (_, n) => ({
    type: 'enterprise.registered',
    subject: `91140105MA0K000${n}XG`,
    at: time('2025-03-02') + n * 90 * DAY_MS,
    register: { joined: { address, addressKind: 'ordinary' } } as const,
  }))
  const log = new TestLog().rows(...registered)
  const data = { detector: sameAddressRegistrations.id, version: 1, parameters: { stock: 4 }, by: 'a' }
  log.control({ type: 'yujing.parameters', data }, time('2026-11-02'))
  expect(fold([sameAddressRegistrations], log).cases).toMatchObject([
    {
      code: 'REG-01',
      subject: { kind: 'address', key: address },
      region: '140105',
      evidence: { observed: 4, threshold: 4, reason: 'stock' },
    },
  ])
})

it('what backfill alone fulfils is listed as soon as a judged event finds it', () => {
  const log = new TestLog().rows(...complaints('2026-03-02', 5, { backfill: true }))
  expect(fold([counting()], log).cases).toEqual([])
  log.rows(...complaints('2026-03-02', 1))
  expect(fold([counting()], log)).toMatchObject({ findings: [], cases: [{ because: 'backfill', level: 'orange' }] })
  expect(fold([counting()], log).shard.explain('counting', KEY)).toMatchObject({ state: 'inventory', alertId: null })
})

describe('a version that goes live', () => {
  const firstVersion = () => {
    const log = versions(new TestLog(), { counting: 1 }, '2026-03-01')
    return log.rows(...complaints('2026-03-02', 5))
  }

  it('says nothing of what came before, lists what fulfils it, and goes on with an alert under the id it has', () => {
    const log = firstVersion()
    const opened = fold([counting(1)], log).findings
    versions(log, { counting: 2 }, '2026-03-03')
    const { findings, cases } = fold([counting(2)], log)
    expect(kinds(opened)).toEqual(['open orange 5'])
    expect(findings).toEqual([])
    expect(cases).toMatchObject([{ subject: { key: KEY }, because: 'version', detectorVersion: 2, level: 'orange' }])
    log.rows(...complaints('2026-03-04', 3))
    const later = fold([counting(2)], log)
    expect(kinds(later.findings)).toEqual(['day orange 6 inventory', 'level red 8'])
    expect(new Set(later.findings.map(({ alertId }) => alertId))).toEqual(new Set([opened[0]?.alertId]))
    expect(later.cases).toEqual([])
  })

  it('opens no alert at the desk that was not there, until the case worsens', async () => {
    const log = versions(firstVersion(), { counting: 2 }, '2026-03-03')
    log.rows(...complaints('2026-03-04', 2))
    const pass = () => passOffline({ epoch: EPOCH, messages: log.messages, detectors: [counting(2)] })
    expect((await pass()).alerts.size).toBe(0)
    log.rows(...complaints('2026-03-04', 1))
    expect([...(await pass()).alerts.values()]).toMatchObject([{ key: KEY, level: 'red', observed: 8 }])
  })

  it('keeps a case however far apart its events are, as long as it never falls below', () => {
    const year = (version: number) =>
      countingDetector({ windows: { year: { days: 365, distinct: true } }, lateness: 3, threshold: 3, version })
    const log = versions(new TestLog(), { counting: 1 }, '2026-01-01')
    log.rows(...complaints('2026-01-02', 3))
    versions(log, { counting: 2 }, '2026-01-03')
    log.rows(...complaints('2026-04-02', 1))
    const { findings, cases } = fold([year(2)], log)
    expect(findings.filter(({ inventory }) => inventory === undefined)).toEqual([])
    expect(cases).toMatchObject([{ evidence: { observed: 4 } }])
  })

  it('is one that the log has not named so far, too; one that it names from the beginning judges at once', () => {
    const log = versions(new TestLog(), {}, '2026-03-01').rows(...complaints('2026-03-02', 5))
    versions(log, { counting: 1 }, '2026-03-03')
    expect(fold([counting(1)], log)).toMatchObject({ findings: [], cases: [{ because: 'version' }] })
    expect(kinds(fold([counting(1)], firstVersion()).findings)).toEqual(['open orange 5'])
  })
})

it('a restart does not make a version judge before its go-live', () => {
  const log = versions(new TestLog(), { counting: 1 }, '2026-03-01').tick(time('2026-03-01'))
  const before = fold([counting(2)], log).shard
  const after = shardOf([counting(2)])
  for (const partition of ALL_PARTITIONS) after.restore(partition, before.snapshot(partition).bytes)
  log.rows(...complaints('2026-03-02', 5))
  expect(log.messages.slice(2).flatMap((message) => after.apply(message))).toEqual([])
})

describe('an alert that a case became is counted again under its id', () => {
  const year = countingDetector({
    windows: { year: { days: 365, distinct: true } },
    lateness: 3,
    threshold: 3,
    red: 6,
    version: 2,
  })

  it.each([
    [
      'after parameters',
      counting(),
      () => {
        const log = new TestLog().rows(...complaints('2026-03-02', 4))
        return parameters(log, 1, { least: 3 }, '2026-03-03').rows(...complaints('2026-03-03', 4))
      },
    ],
    [
      'after a version, its events far apart',
      year,
      () => {
        const log = versions(new TestLog(), { counting: 1 }, '2026-01-01').rows(...complaints('2026-01-02', 3))
        return versions(log, { counting: 2 }, '2026-01-03').rows(...complaints('2026-04-02', 3))
      },
    ],
  ])('%s', (_, detector, told) => {
    const log = told()
    const said = fold([detector], log).findings.filter(({ inventory }) => inventory === undefined)
    expect(said).toMatchObject([{ level: 'red' }])
    const again = replayKey({ detector, key: KEY, ...historyOf(log, detector, KEY) }).at(-1)
    expect(again).toMatchObject({ alertId: said[0]?.alertId, level: 'red' })
  })
})

describe('the question', () => {
  const log = new TestLog()
  const codes = Array.from({ length: 6 }, (_, n) => `91140105MA0K000${n}XG`)
  const regions = ['140105', '140106', '140212']
  for (const [n, subject] of codes.entries())
    log.rows(
      ...complaints('2026-03-02', n === 0 ? 9 : 3, { subject, region: regions[n % 3] as string, backfill: true }),
    )
  log.rows(...complaints('2026-03-02', 1, { subject: codes[1] as string, region: '140212', backfill: true }))
  parameters(log, 1, { least: 3 }, '2026-03-03')
  const { shard } = fold([counting()], log)
  const keysOf = (asked: Partial<Parameters<Shard['inventory']>[0]>) =>
    shard.inventory({ ...EVERYTHING, ...asked }).cases.map(({ subject }) => subject.key)

  test('is answered by office, gravest first, page by page', () => {
    const whole = keysOf({})
    expect(whole).toEqual(
      [0, 3, 1, 4, 2, 5].map((n) => codes[n]).sort((a, b) => whole.indexOf(a ?? '') - whole.indexOf(b ?? '')),
    )
    expect(whole[0]).toBe(codes[0])
    const paged: string[] = []
    for (let after: Parameters<Shard['inventory']>[0]['after'] = null; ; ) {
      const { cases } = shard.inventory({ ...EVERYTHING, after, most: 2 })
      paged.push(...cases.map(({ subject }) => subject.key))
      after = cases.at(-1)?.place ?? null
      if (cases.length < 2) break
    }
    expect(paged).toEqual(whole)
  })

  test('leaves out what does not meet the asker’s area before it counts', () => {
    const mine = shard.inventory({ ...EVERYTHING, areas: ['140200'] })
    expect(mine.cases.map(({ subject }) => subject.key).sort()).toEqual([codes[1], codes[2], codes[5]])
    expect(mine.lists).toMatchObject([{ code: 'TST-01', office: '140212', levels: { orange: 3, red: 0 } }])
    expect(keysOf({ areas: ['140200'], regions: ['140106'] })).toEqual([])
    expect(keysOf({ areas: [] })).toEqual([])
    expect(keysOf({ levels: ['red'] })).toEqual([codes[0]])
    expect(keysOf({ detectors: ['another'] })).toEqual([])
    expect(keysOf({ offices: ['140106'] })).toEqual([codes[4]])
  })
})

/** Any log in which thresholds move and versions come and go. */
const anyLog = fc
  .record({
    arrivals: stream(fc.oneof(...Object.values(ALL)), 12).map(byArrival),
    backfill: fc.array(fc.boolean(), { minLength: 1, maxLength: 6 }),
    entries: fc.array(
      fc.record({ detector: fc.constantFrom(...everyDetector), lowest: fc.boolean(), isVersion: fc.boolean() }),
      { minLength: 3, maxLength: 12 },
    ),
  })
  .map(({ arrivals, backfill, entries }) => {
    const log = new TestLog()
    for (const [n, arrival] of arrivals.entries()) {
      const at = START + (arrival.day + arrival.delay + 1) * DAY_MS + n
      log.rows(told(arrival, { receivedAt: at, backfill: backfill[n % backfill.length] as boolean, id: `E${n}` }))
      if (n % 5 === 4) log.complete('/test', at - 2 * DAY_MS, at)
      const entry = n % 7 === 3 ? entries[Math.floor(n / 7)] : undefined
      if (entry === undefined) continue
      const { id, parameters: specs } = entry.detector
      const values = Object.entries(specs).map(([name, one]) => [name, entry.lowest ? one.minimum : one.default])
      const data = { detector: id, version: n, parameters: Object.fromEntries(values), by: 'a' }
      const judging = everyDetector.map((one) => [one.id, one.id === id && entry.lowest ? 99 : one.version])
      if (entry.isVersion)
        log.control({ type: 'yujing.detectors', data: { versions: Object.fromEntries(judging) } }, at)
      else log.control({ type: 'yujing.parameters', data }, at)
    }
    return log
  })

/** Logs are long: what fails is shown as it was drawn. */
const RUNS = { numRuns: 15, endOnFailure: true }

describe('laws of the inventory, over all detectors', () => {
  it('a replay, a restart from a snapshot anywhere, two and five shards come to the same', () => {
    let listed = 0
    fc.assert(
      fc.property(anyLog, fc.nat(), (log, where) => {
        const whole = fold(everyDetector, log)
        expect(fold(everyDetector, log).cases).toEqual(whole.cases)
        listed += whole.cases.length

        const cut = where % (log.last + 1)
        const first = shardOf(everyDetector)
        const early = log.messages.slice(0, cut).flatMap((message) => first.apply(message))
        const second = shardOf(everyDetector)
        for (const partition of ALL_PARTITIONS) second.restore(partition, first.snapshot(partition).bytes)
        const late = log.messages.slice(cut).flatMap((message) => second.apply(message))
        expect([...early, ...late]).toEqual(whole.findings)
        expect(second.inventory(EVERYTHING)).toEqual(whole.shard.inventory(EVERYTHING))

        for (const shards of [2, 5]) {
          const parts = Array.from({ length: shards }, (_, n) => {
            const own = ALL_PARTITIONS.filter((partition) => partition % shards === n)
            return fold(everyDetector, log, shardOf(everyDetector, own)).shard.inventory(EVERYTHING)
          })
          expect(joinInventories(parts, EVERYTHING.most)).toEqual(whole.shard.inventory(EVERYTHING))
        }
      }),
      RUNS,
    )
    expect(listed).toBeGreaterThan(5)
  })

  it('no key is in the inventory and has an alert of its own that opened after it was listed', () => {
    fc.assert(
      fc.property(anyLog, (log) => {
        const { findings, cases } = fold(everyDetector, log)
        for (const { detector, subject, since } of cases) {
          const own = findings.filter((one) => one.detector === detector && one.key.key === subject.key)
          expect(own.filter(({ kind, logTime }) => kind === 'open' && logTime > since)).toEqual([])
        }
      }),
      RUNS,
    )
  })

  it('a key counted again from its own events alone says what it said', () => {
    let spoke = 0
    fc.assert(
      fc.property(anyLog, (log) => {
        for (const detector of everyDetector) {
          const { findings } = fold([detector], log)
          for (const key of new Set(findings.map((finding) => finding.key.key))) {
            const again = replayKey({ detector, key, ...historyOf(log, detector, key) })
            const ids = new Set(again.map(({ alertId }) => alertId))
            for (const { alertId } of findings.filter((finding) => finding.key.key === key))
              expect(ids).toContain(alertId)
            spoke++
          }
        }
      }),
      RUNS,
    )
    expect(spoke).toBeGreaterThan(5)
  })
})

function historyOf(log: TestLog, detector: Detector, key: string) {
  const events = log.messages
    .filter(({ kind }) => kind === 'rows')
    .flatMap(({ payload }) => decodeBatch(payload))
    .filter((event) => detector.latenessDays[event.type] !== undefined)
    .filter((event) => detector.keys(event).some((touch) => touch.key === key))
  const controls = log.messages
    .filter(({ kind }) => kind === 'control')
    .map(({ payload }) => JSON.parse(new TextDecoder().decode(payload)) as ControlEntry)
    .filter(({ type, data }) => type !== 'yujing.parameters' || (data as { detector: string }).detector === detector.id)
    .map((entry) => {
      const { epoch, seq, at } = entry
      return { position: { epoch, seq, index: 0 }, at, control: entry as unknown as ControlAt['control'] }
    })
  return { events, controls }
}
