import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { detectorOf, detectors } from '../../detectors/index.ts'
import { replayKey } from '../../src/detect/replay-key.ts'
import type { AllowListEntry } from '../../src/model/allow-list.ts'
import type { Finding } from '../../src/model/finding.ts'
import { DAY_MS } from '../../src/model/time.ts'
import { historyOf, run, shardOf, TestLog } from '../detect/log.ts'
import { ALL, type Arrival, allowList, byArrival, START, stream, told } from './streams.ts'

const arrivals = stream(fc.oneof(...Object.values(ALL)), 12).map(byArrival)

interface Case {
  readonly arrivals: readonly Arrival[]
  readonly entries: readonly AllowListEntry[]
  /** Arrivals before the list. */
  readonly before: number
}

const cases: fc.Arbitrary<Case> = fc.record({ arrivals, entries: allowList, before: fc.nat(20) })

/** Log time follows arrival; `after`: what stands in the place of the list. */
function logOf({ arrivals, before }: Case, list: (log: TestLog, at: number) => unknown): TestLog {
  const log = new TestLog().complete('/test', START + 400 * DAY_MS, START)
  for (const [n, arrival] of arrivals.entries()) {
    const receivedAt = START + (arrival.day + arrival.delay + 1) * DAY_MS
    if (n === before) list(log, receivedAt)
    log.rows(told(arrival, { receivedAt, id: `E${n}` }))
  }
  return log
}

const setting = (entries: readonly AllowListEntry[]) => (log: TestLog, at: number) =>
  log.control({ type: 'yujing.allow-list', data: { version: 1, entries, by: 'admin' } }, at)

/** Sequence of the list; log times of the messages are those of their rows. */
function listOf(log: TestLog): number {
  return log.messages.findIndex(({ kind }, n) => n > 0 && kind === 'control') + 1 || Number.POSITIVE_INFINITY
}

function isListed({ entries }: Case, { key, detector, logTime }: Finding): boolean {
  return entries.some(
    (entry) =>
      entry.kind === key.kind &&
      entry.key === key.key &&
      (entry.detector ?? detector) === detector &&
      logTime < entry.until,
  )
}

describe('laws of the allow-list', () => {
  it('nothing of a listed key opens or grows; what others say is the same', () => {
    const kept = { listed: 0, quiet: 0 }
    fc.assert(
      fc.property(cases, (one) => {
        const log = logOf(one, setting(one.entries))
        const seq = listOf(log)
        const isUnder = (finding: Finding) => finding.evidence.position.seq > seq && isListed(one, finding)
        const findings = run(detectors, log)
        for (const { kind } of findings.filter(isUnder)) expect(['end', 'withdrawn']).toContain(kind)

        const without = run(
          detectors,
          logOf(one, (bare, at) => bare.tick(at)),
        )
        const named = new Set(one.entries.map(({ key }) => key))
        const ofOthers = (all: readonly Finding[]) => all.filter(({ key }) => !named.has(key.key))
        expect(ofOthers(findings)).toEqual(ofOthers(without))
        kept.listed += findings.filter(isUnder).length
        kept.quiet += without.filter((finding) => isUnder(finding) && finding.kind === 'open').length
      }),
      { numRuns: 150 },
    )
    expect(kept.quiet).toBeGreaterThan(10)
  })

  it('a listed key is counted as any other', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const log = logOf(one, setting(one.entries))
        const [listed, bare] = [log, logOf(one, (other, at) => other.tick(at))].map((any) => {
          const shard = shardOf(detectors)
          for (const message of any.messages) shard.apply(message)
          return one.entries.flatMap(({ key }) =>
            detectors.map(({ id }) => {
              const { windows, stock, pending, verdict } = shard.explain(id, key) ?? {}
              return { windows, stock, pending, verdict }
            }),
          )
        })
        expect(listed).toEqual(bare)
      }),
      { numRuns: 60 },
    )
  })

  it('an entry that has run out changes nothing', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const past = one.entries.map((entry) => ({ ...entry, until: START }))
        const log = logOf(one, setting(past))
        expect(run(detectors, log)).toEqual(
          run(
            detectors,
            logOf(one, (bare, at) => bare.tick(at)),
          ),
        )
      }),
      { numRuns: 40 },
    )
  })

  it('one key counted again from its own events says the same', () => {
    let spoke = 0
    fc.assert(
      fc.property(cases, (one) => {
        const log = logOf(one, setting(one.entries))
        const history = historyOf(log)
        // An instant is seen to have passed at the key's next event: only its place differs.
        const asEvents = (all: readonly Finding[]) => all.filter(({ due }) => due === null)
        const findings = asEvents(run(detectors, log))
        for (const { detector: id, key } of findings) {
          const detector = detectorOf(id) as (typeof detectors)[number]
          const again = asEvents(replayKey({ detector, key: key.key, ...history }))
          expect(again).toEqual(findings.filter((finding) => finding.detector === id && finding.key.key === key.key))
          spoke++
        }
      }),
      { numRuns: 30 },
    )
    expect(spoke).toBeGreaterThan(10)
  })
})
