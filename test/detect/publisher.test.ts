import { describe, expect, it } from 'vitest'
import { complaintSurge } from '../../detectors/complaint/complaint-surge.ts'
import { createFindingPublisher } from '../../src/finding-publisher.ts'
import { YujingError } from '../../src/model/errors.ts'
import type { Finding } from '../../src/model/finding.ts'
import { createPartitionSnapshots } from '../../src/partition-snapshots.ts'
import { silentLogger } from '../../src/telemetry/logger.ts'
import { run, shardOf, TestLog, time } from './log.ts'

const logger = silentLogger()
const SUBJECT = '91140105MA0K2914XG'

function complaints(count: number): TestLog {
  const log = new TestLog()
  for (let n = 0; n < count; n++) log.rows({ type: 'complaint.filed', subject: SUBJECT, at: time('2026-03-02') })
  return log
}

const findings = run([complaintSurge], complaints(30))

/** A findings stream that fails as the outages say, and takes its time. */
function stream(outages: (attempt: number) => Error | null) {
  const stored: Finding[] = []
  let attempt = 0
  return {
    stored,
    async publish(finding: Finding) {
      const failure = outages(attempt++)
      await new Promise((resolve) => setImmediate(resolve))
      if (failure) throw failure
      stored.push(finding)
    },
  }
}

describe('the publisher of findings', () => {
  it('keeps their order over outages of the log', async () => {
    const unavailable = new YujingError('log.unavailable')
    const log = stream((attempt) => (attempt === 1 || attempt === 3 ? unavailable : null))
    const acknowledged: Finding[] = []
    const { signal } = new AbortController()
    const onAcknowledged = (finding: Finding) => acknowledged.push(finding)
    const publisher = createFindingPublisher({ findings: log, logger, signal, onAcknowledged })
    publisher.enqueue(findings.slice(0, 2))
    publisher.enqueue(findings.slice(2))
    expect(publisher.pending()).toBe(findings.length)
    await publisher.settled()
    expect(findings.length).toBeGreaterThan(3)
    expect(log.stored).toEqual(findings)
    expect(acknowledged).toEqual(findings)
    expect(publisher.pending()).toBe(0)
  })

  it('gives up on a bug at once, and on an outage when told to', async () => {
    const nothing = () => {}
    const bug = stream(() => new TypeError('bug'))
    const one = createFindingPublisher({
      findings: bug,
      logger,
      signal: new AbortController().signal,
      onAcknowledged: nothing,
    })
    one.enqueue(findings)
    await expect(one.settled()).rejects.toThrow('bug')
    expect(bug.stored).toEqual([])

    const outage = stream(() => new YujingError('log.full'))
    const giveUp = new AbortController()
    const two = createFindingPublisher({ findings: outage, logger, signal: giveUp.signal, onAcknowledged: nothing })
    two.enqueue(findings)
    giveUp.abort()
    await expect(two.settled()).rejects.toThrow()
  })
})

/** The port of the object store, over a map. */
function objects() {
  const kept = new Map<string, Map<number, Uint8Array>>()
  return {
    kept,
    async save(name: string, seq: number, bytes: Uint8Array) {
      const versions = kept.get(name) ?? new Map<number, Uint8Array>()
      kept.set(name, versions.set(seq, bytes))
    },
    async candidates(name: string) {
      const versions = [...(kept.get(name) ?? [])].sort(([a], [b]) => b - a)
      return versions.map(([seq, bytes]) => ({ seq, read: async () => bytes }))
    },
  }
}

describe('snapshots of partitions', () => {
  const clock = { now: () => 5_000 }

  it('are written when all findings they cover are acknowledged, and show the state of before', async () => {
    const shard = shardOf([complaintSurge], [0])
    const store = objects()
    const snapshots = createPartitionSnapshots({ shard, snapshots: store, clock, logger })
    const [first, second] = complaints(2).messages
    if (!first || !second) throw new Error('two messages were made')
    shard.apply(first)
    let acknowledge = () => {}
    const covered = new Promise<void>((resolve) => {
      acknowledge = resolve
    })
    const saving = snapshots.save(0, () => covered)
    shard.apply(second)
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(store.kept.size).toBe(0)
    acknowledge()
    await saving
    expect([...(store.kept.get('detect-0')?.keys() ?? [])]).toEqual([1])
    await expect(snapshots.save(0, () => Promise.reject(new Error('not acknowledged')))).rejects.toThrow()
    expect(store.kept.get('detect-0')?.size).toBe(1)
  })

  it('fall back to the one before when the newest is damaged', async () => {
    const store = objects()
    const first = shardOf([complaintSurge])
    const written = createPartitionSnapshots({ shard: first, snapshots: store, clock, logger })
    for (const message of complaints(2).messages) {
      first.apply(message)
      await written.saveAll(async () => {})
    }
    for (const versions of store.kept.values()) versions.set(2, new Uint8Array([1, 2, 3]))
    const second = shardOf([complaintSurge])
    await createPartitionSnapshots({ shard: second, snapshots: store, clock, logger }).restoreAll()
    expect([second.position(), second.newest()]).toEqual([1, 1])
  })

  it('start empty where there is none', async () => {
    const shard = shardOf([complaintSurge])
    await createPartitionSnapshots({ shard, snapshots: objects(), clock, logger }).restoreAll()
    expect(shard.position()).toBe(0)
  })
})
