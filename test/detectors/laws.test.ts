import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Detector } from '../../src/detect/contract.ts'
import { ALL_PARTITIONS } from '../../src/detect/statistics/hash.ts'
import type { AllowListEntry } from '../../src/model/allow-list.ts'
import type { Finding } from '../../src/model/finding.ts'
import { DAY_MS } from '../../src/model/time.ts'
import { run, shardOf, TestLog } from '../detect/log.ts'
import { everyDetector } from './every.ts'
import { ALL, type Arrival, allowList, byArrival, GROWING, START, stream, told } from './streams.ts'

const RUNS = { numRuns: 60 }

/** Events of all detectors; log time follows arrival, so that keys are purged in the long pauses. */
const mixed = stream(fc.oneof(...Object.values(ALL)), 12).map(byArrival)
const kinds = fc.array(fc.constantFrom('live', 'live', 'live', 'live', 'backfill', 'test'), {
  minLength: 1,
  maxLength: 20,
})
const batches = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 10 })
const anyLog = fc.record({
  arrivals: mixed,
  kinds,
  batches,
  tickHours: fc.constantFrom(0, 1, 7, 24),
  lists: fc.array(allowList, { maxLength: 3 }),
})

interface AnyLog {
  arrivals: Arrival[]
  kinds: string[]
  batches: number[]
  tickHours: number
  /** One after every fourth batch. */
  lists: AllowListEntry[][]
}

function logOf(o: AnyLog): TestLog {
  const log = new TestLog()
  const events = o.arrivals.map((arrival, n) => {
    const kind = o.kinds[n % o.kinds.length]
    // Every other stretch of five the stamp lags three days: log time is a running maximum and must not step back.
    const lag = Math.floor(n / 5) % 2 === 0 ? 0 : 3
    const receivedAt = START + (arrival.day + arrival.delay + 4 - lag) * DAY_MS + n
    return told(arrival, { receivedAt, backfill: kind === 'backfill', test: kind === 'test', id: `E${n}` })
  })
  let at = START
  for (let first = 0, n = 0; first < events.length; n++) {
    const batch = events.slice(first, first + (o.batches[n % o.batches.length] ?? 1))
    const receivedAt = batch[0]?.receivedAt ?? START
    for (at += o.tickHours * 3_600_000; o.tickHours > 0 && at < receivedAt; at += o.tickHours * 3_600_000) log.tick(at)
    at = Math.max(at, receivedAt)
    log.rows(...batch)
    // The source says now and then how far it has told; in between, what has not happened is not known.
    const entries = n % 4 === 1 ? o.lists[(n - 1) / 4] : undefined
    if (entries) log.control({ type: 'yujing.allow-list', data: { version: n, entries, by: 'a' } }, receivedAt)
    if (n % 3 === 2) log.complete('/test', receivedAt - 5 * DAY_MS, receivedAt)
    first += batch.length
  }
  return log
}

/** Findings without their place in the log, which ticks move. */
function withoutPlace({ evidence, ...finding }: Finding) {
  return { ...finding, evidence: { ...evidence, position: null, events: evidence.events.length } }
}

/** Alerts that stand, as `detector key`: what tripped and was not withdrawn. */
function tripped(findings: readonly Finding[]): string[] {
  const last = new Map(findings.map((finding) => [finding.alertId, finding]))
  return [...last.values()]
    .filter(({ kind }) => kind !== 'withdrawn')
    .map(({ detector, key }) => `${detector} ${key.key}`)
    .filter((name, index, names) => names.indexOf(name) === index)
    .sort()
}

describe.each(everyDetector)('law of order, $code $id', (detector) => {
  const events = GROWING[detector.id]
  const lateness = Math.max(...Object.values(detector.latenessDays))

  it('shuffled arrival within lateness leaves final windows and what tripped unchanged', () => {
    if (!events) throw new Error(`test/detectors/streams.ts has no events for ${detector.id}`)
    let spoke = 0
    fc.assert(
      fc.property(stream(events, lateness), (arrivals) => {
        const inOrder = [...arrivals].sort((a, b) => a.day - b.day || a.hour - b.hour)
        const [straight, shuffled] = [inOrder, byArrival(arrivals)].map((order) => passOf(detector, arrivals, order))
        expect(shuffled).toEqual(straight)
        spoke += straight?.tripped.length ?? 0
      }),
      { numRuns: 150 },
    )
    expect(spoke).toBeGreaterThan(10)
  })
})

/** All are received within one day of log time: what is late is decided by event time alone. */
function passOf(detector: Detector, arrivals: readonly Arrival[], order: readonly Arrival[]) {
  const log = new TestLog()
  const ids = new Map(arrivals.map((arrival, n) => [arrival, `E${n}`]))
  for (const arrival of order)
    log.rows(told(arrival, { id: ids.get(arrival) as string, receivedAt: START + 200 * DAY_MS }))
  log.complete('/test', START + 200 * DAY_MS, START + 200 * DAY_MS)
  const shard = shardOf([detector])
  const findings = log.messages.flatMap((message) => shard.apply(message))
  const keys = new Set(order.flatMap(({ event }) => [event.subject, event.register?.joined?.address ?? '']))
  const windows = [...keys].sort().map((key) => {
    const { alertId: _, state: __, ...numbers } = shard.explain(detector.id, key) ?? { alertId: null, state: null }
    return numbers
  })
  return { tripped: tripped(findings), windows }
}

describe('laws of the fold, all together', () => {
  it('a replay gives the same findings, ids included', () => {
    let spoke = 0
    fc.assert(
      fc.property(anyLog, (o) => {
        const log = logOf(o)
        const findings = run(everyDetector, log)
        expect(run(everyDetector, log)).toEqual(findings)
        spoke += findings.length
      }),
      RUNS,
    )
    expect(spoke).toBeGreaterThan(100)
  })

  it('a snapshot at any position and a replay from there equal an uninterrupted pass', () => {
    fc.assert(
      fc.property(anyLog, fc.nat(), fc.nat(), (o, early, late) => {
        const log = logOf(o)
        // Half of the partitions are from an earlier snapshot than the others, as they are when taken in turn.
        const cuts = [early % (log.last + 1), late % (log.last + 1)]
        const first = shardOf(everyDetector)
        const taken = new Map<number, Uint8Array>()
        const expected: Finding[] = []
        for (let seq = 0; seq <= log.last; seq++) {
          if (seq > 0) expected.push(...first.apply(log.messages[seq - 1] as (typeof log.messages)[number]))
          for (const partition of ALL_PARTITIONS)
            if (cuts[partition % 2] === seq) taken.set(partition, first.snapshot(partition).bytes)
        }
        const second = shardOf(everyDetector)
        for (const [partition, bytes] of taken)
          expect(second.restore(partition, bytes)).toEqual({ restored: everyDetector.map(({ id }) => id), refused: [] })
        expect(second.position()).toBe(Math.min(...cuts))
        const replayed = log.messages.slice(second.position()).flatMap((message) => second.apply(message))
        const after = new Set(replayed.map((finding) => JSON.stringify(finding)))
        const lowest = Math.max(...cuts)
        expect(replayed.filter(({ evidence }) => evidence.position.seq > lowest)).toEqual(
          expected.filter(({ evidence }) => evidence.position.seq > lowest),
        )
        expect(expected.filter((finding) => after.has(JSON.stringify(finding))).length).toBe(replayed.length)
        expect(second.snapshot(0).seq).toBe(log.last)
      }),
      RUNS,
    )
  })

  it('tick cadence does not matter', () => {
    fc.assert(
      fc.property(anyLog, fc.constantFrom(1, 5, 24, 100), (o, tickHours) => {
        const without = run(everyDetector, logOf({ ...o, tickHours: 0 })).map(withoutPlace)
        expect(run(everyDetector, logOf({ ...o, tickHours })).map(withoutPlace)).toEqual(without)
      }),
      RUNS,
    )
  })

  it.each([2, 5])('%d shards find what one finds', (shards) => {
    fc.assert(
      fc.property(anyLog, (o) => {
        const log = logOf(o)
        const split = Array.from({ length: shards }, (_, n) =>
          shardOf(
            everyDetector,
            ALL_PARTITIONS.filter((partition) => partition % shards === n),
          ),
        )
        for (const [n, message] of log.messages.entries()) {
          const found = split.flatMap((shard) => shard.apply(message))
          expect(sorted(found)).toEqual(sorted(run1(log)[n] ?? []))
        }
      }),
      { numRuns: 25 },
    )
  })
})

const passes = new WeakMap<TestLog, Finding[][]>()

/** Findings of one shard, message by message. */
function run1(log: TestLog): Finding[][] {
  const known = passes.get(log)
  if (known) return known
  const shard = shardOf(everyDetector)
  const found = log.messages.map((message) => shard.apply(message))
  passes.set(log, found)
  return found
}

function sorted(findings: readonly Finding[]): string[] {
  return findings.map((finding) => JSON.stringify(finding)).sort()
}
