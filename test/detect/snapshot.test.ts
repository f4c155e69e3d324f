import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createShard } from '../../src/detect/shard.ts'
import { partitionOf } from '../../src/detect/statistics/hash.ts'
import { countingDetector } from './counting-detector.ts'
import { EPOCH, run, shardOf, TestLog, time } from './log.ts'

const KEY = '91140105MA0K2914XG'
const PARTITION = partitionOf('enterprise', KEY)
const WEEK = { recent: { days: 7, distinct: true } } as const
const one = countingDetector({ windows: WEEK, lateness: 3, threshold: 3 })
const two = { ...countingDetector({ windows: WEEK, lateness: 3, threshold: 4 }), id: 'other' }

function complaints(count: number): TestLog {
  const log = new TestLog()
  for (let n = 0; n < count; n++) log.rows({ type: 'complaint.filed', subject: KEY, at: time('2026-03-02') })
  return log
}

function snapshotAfter(log: TestLog) {
  const shard = shardOf([one, two])
  for (const message of log.messages) shard.apply(message)
  return shard.snapshot(PARTITION)
}

describe('a snapshot', () => {
  const log = complaints(2)
  const { seq, bytes } = snapshotAfter(log)

  it('carries its position, and state goes on from there', () => {
    expect(seq).toBe(2)
    const shard = shardOf([one, two], [PARTITION])
    expect(shard.restore(PARTITION, bytes)).toEqual({ restored: ['counting', 'other'], refused: [] })
    expect(shard.position()).toBe(2)
    const next = complaints(3).messages[2]
    expect(next && shard.apply(next)).toMatchObject([{ kind: 'open', detector: 'counting' }])
  })

  it('of one partition may be younger than that of another: what it has seen is not counted again', () => {
    const keys = [KEY, '91140212MA0K6317XG']
    const [behind = 0, ahead = 0] = keys.map((key) => partitionOf('enterprise', key))
    const told = new TestLog()
    for (let n = 0; n < 12; n++)
      told.rows(...keys.map((subject) => ({ type: 'complaint.filed', subject, at: time('2026-03-02') })))
    // Distinct members hide that one is counted twice: the number of events tells.
    const plain = countingDetector({ windows: WEEK, lateness: 3, threshold: 10 })
    const shardAfter = (count: number) => {
      const shard = shardOf([plain])
      for (const message of told.messages.slice(0, count)) shard.apply(message)
      return shard
    }
    const shard = shardOf([plain], [behind, ahead])
    shard.restore(behind, shardAfter(2).snapshot(behind).bytes)
    shard.restore(ahead, shardAfter(8).snapshot(ahead).bytes)
    expect([shard.position(), shard.newest()]).toEqual([2, 8])
    const findings = told.messages.slice(2).flatMap((message) => shard.apply(message))
    expect(findings).toEqual(run([plain], told))
    expect(findings.map(({ evidence }) => evidence.eventsTotal)).toEqual([10, 10])
  })

  it('carries log time: a stamp that lags behind does not turn it back', () => {
    const later = time('2026-03-09')
    const at = time('2026-03-02')
    const told = new TestLog().rows({ type: 'complaint.filed', subject: KEY, at, receivedAt: later })
    for (let n = 0; n < 2; n++) told.rows({ type: 'complaint.filed', subject: KEY, at })
    const [before, ...after] = told.messages
    const first = shardOf([one], [PARTITION])
    if (before) first.apply(before)
    const second = shardOf([one], [PARTITION])
    second.restore(PARTITION, first.snapshot(PARTITION).bytes)
    expect(after.flatMap((message) => second.apply(message))).toMatchObject([{ kind: 'open', logTime: later }])
  })

  it.each([
    ['cut short', (whole: Uint8Array) => whole.subarray(0, whole.length - 1)],
    [
      'with one bit turned',
      (whole: Uint8Array) => whole.map((byte, at) => (at === whole.length >> 1 ? byte ^ 1 : byte)),
    ],
    ['empty', () => new Uint8Array(0)],
  ])('%s is refused whole', (_, damage) => {
    const shard = shardOf([one, two], [PARTITION])
    const refused = ['counting', 'other'].map((detector) => ({ detector, reason: 'torn' }))
    expect(shard.restore(PARTITION, damage(bytes))).toEqual({ restored: [], refused })
    expect(shard.position()).toBe(0)
  })

  it('of another epoch or partition is refused', () => {
    const other = createShard({ epoch: 'f'.repeat(16), detectors: [one], partitions: [PARTITION] })
    expect(other.restore(PARTITION, bytes).refused).toEqual([{ detector: 'counting', reason: 'other-epoch' }])
    const elsewhere = (PARTITION + 1) % 64
    const shard = shardOf([one], [elsewhere])
    expect(shard.restore(elsewhere, bytes).refused).toEqual([{ detector: 'counting', reason: 'other-partition' }])
  })

  it.each([
    ['other-version', { ...two, version: 2 }],
    ['other-layout', { ...two, windows: { recent: { days: 8, distinct: true } } }],
    ['absent', { ...two, id: 'new' }],
  ] as const)('rebuilds one detector alone: %s', (reason, changed) => {
    const shard = shardOf([one, changed], [PARTITION])
    expect(shard.restore(PARTITION, bytes)).toEqual({
      restored: ['counting'],
      refused: [{ detector: changed.id, reason }],
    })
    expect(shard.position()).toBe(0)
    // Replayed from the start, the restored detector skips what it has seen and does not count twice.
    const findings = complaints(4).messages.map((message) => shard.apply(message).map(({ detector }) => detector))
    expect(findings).toEqual([[], [], ['counting'], [changed.id]])
  })

  it('of another layout of the arena is refused', () => {
    const content = Buffer.from(
      Buffer.from(bytes.subarray(0, -32)).toString('latin1').replace('"layout":3', '"layout":2'),
      'latin1',
    )
    const forged = Buffer.concat([content, createHash('sha256').update(content).digest()])
    const shard = shardOf([one, two], [PARTITION])
    expect(shard.restore(PARTITION, forged)).toEqual({
      restored: ['other'],
      refused: [{ detector: 'counting', reason: 'other-layout' }],
    })
  })

  it('is a copy: the fold goes on beside it', () => {
    const shard = shardOf([one], [PARTITION])
    const [first, second] = complaints(2).messages
    if (first) shard.apply(first)
    const { bytes: taken } = shard.snapshot(PARTITION)
    const before = Buffer.from(taken).toString('base64')
    if (second) shard.apply(second)
    expect(Buffer.from(taken).toString('base64')).toBe(before)
  })

  it('is taken over before the first message only', () => {
    const shard = shardOf([one, two])
    for (const message of log.messages) shard.apply(message)
    expect(() => shard.restore(PARTITION, bytes)).toThrow('before the first message')
    expect(() => shardOf([one], [0]).snapshot(1)).toThrow('partition 1 is not of this shard')
  })
})

describe('the log', () => {
  it('is refused when it has a gap, another epoch, or rows that say they stand elsewhere', () => {
    const [first, second, third] = complaints(3).messages
    if (!first || !second || !third) throw new Error('three messages were made')
    const shard = shardOf([one])
    shard.apply(first)
    expect(() => shard.apply(third)).toThrow('message 3 follows message 1')
    expect(() => shard.apply({ ...second, count: 2 })).toThrow('announces 2 rows and holds 1')
    expect(() => shard.apply({ ...third, seq: 2 })).toThrow(`says it is ${EPOCH} 3/0`)
    const control = { seq: 2, kind: 'control', count: 1 } as const
    const entry = (epoch: string, seq: number) =>
      new TextEncoder().encode(JSON.stringify({ type: 'yujing.tick', data: {}, epoch, seq, at: 0 }))
    expect(() => shard.apply({ ...control, payload: entry(EPOCH, 7) })).toThrow('control entry 2 says it is')
    expect(() => shard.apply({ ...control, payload: entry('other', 2) })).toThrow('control entry 2 says it is other')
  })
})
