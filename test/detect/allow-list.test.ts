import { describe, expect, it } from 'vitest'
import { complaintSurge } from '../../detectors/complaint/complaint-surge.ts'
import { partitionOf } from '../../src/detect/statistics/hash.ts'
import type { AllowListEntry } from '../../src/model/allow-list.ts'
import type { Finding } from '../../src/model/finding.ts'
import { run, shardOf, TestLog, time } from './log.ts'

const KEY = '91140105MA0K2914XG'
const UNTIL = time('2026-03-10T00:00')
const ENTRY: AllowListEntry = {
  kind: 'enterprise',
  key: KEY,
  detector: null,
  owner: '消保处',
  reason: '职业索赔集中投诉，已核实',
  until: UNTIL,
}

const complaints = (at: string, count: number) =>
  Array.from({ length: count }, () => ({ type: 'complaint.filed', subject: KEY, at: time(at) }))
const list = (log: TestLog, entries: readonly AllowListEntry[], at: string, version = 1) =>
  log.control({ type: 'yujing.allow-list', data: { version, entries, by: 'admin' } }, time(at))
const kinds = (findings: readonly Finding[]) => findings.map(({ kind, evidence }) => [kind, evidence.observed])

describe('a key on the allow-list', () => {
  it('is counted and not judged, until log time has come to its expiry', () => {
    const log = list(new TestLog(), [ENTRY], '2026-03-08T09:00').rows(...complaints('2026-03-08', 8))
    expect(run([complaintSurge], log)).toEqual([])
    log.rows({ ...complaints('2026-03-09', 1)[0], receivedAt: UNTIL - 1 } as never)
    expect(run([complaintSurge], log)).toEqual([])
    log.rows({ ...complaints('2026-03-09', 1)[0], receivedAt: UNTIL } as never)
    expect(kinds(run([complaintSurge], log))).toEqual([['open', 10]])
  })

  it('is judged again with the next event once it is taken off', () => {
    const log = list(new TestLog(), [ENTRY], '2026-03-08T09:00').rows(...complaints('2026-03-08', 8))
    list(log, [], '2026-03-08T13:00', 2)
    expect(run([complaintSurge], log)).toEqual([])
    log.rows(...complaints('2026-03-08T14:00', 1))
    expect(kinds(run([complaintSurge], log))).toEqual([['open', 9]])
  })

  it('keeps an alert that it has as it is, which ends as any other', () => {
    const log = new TestLog().rows(...complaints('2026-03-01', 5))
    list(log, [{ ...ENTRY, until: time('2026-05-01') }], '2026-03-01T13:00').rows(...complaints('2026-03-01T14:00', 40))
    const [opened, ...grown] = run([complaintSurge], log)
    expect([opened?.kind, grown]).toEqual(['open', []])
    log.rows(...complaints('2026-03-20', 1))
    expect(kinds(run([complaintSurge], log))).toEqual([
      ['open', 5],
      ['end', 1],
    ])
  })

  it('does not prolong its alert: what comes after a long exemption is another one', () => {
    const log = new TestLog().rows(...complaints('2026-03-01', 5))
    list(log, [{ ...ENTRY, until: time('2026-04-15') }], '2026-03-01T13:00')
    for (const day of ['2026-03-20', '2026-04-10']) log.rows(...complaints(day, 40))
    log.rows(...complaints('2026-04-16', 1))
    const findings = run([complaintSurge], log)
    expect(findings.map(({ kind }) => kind)).toEqual(['open', 'end', 'open'])
    expect(findings[2]?.alertId).not.toBe(findings[0]?.alertId)
  })

  it('has its alert withdrawn when what it rests on is taken back', () => {
    const log = new TestLog().rows(...complaints('2026-03-01', 5))
    list(log, [ENTRY], '2026-03-01T13:00').correction({ seq: 1, index: 0 }, { at: time('2026-03-01T14:00') })
    expect(kinds(run([complaintSurge], log))).toEqual([
      ['open', 5],
      ['withdrawn', 4],
    ])
  })

  it.each([
    ['another detector', { detector: 'same-address-registrations' }],
    ['another key', { key: '91140171MA0K17771B' }],
    ['another kind of key', { kind: 'person' as const }],
  ])('is judged where the entry is for %s', (_, other) => {
    const log = list(new TestLog(), [{ ...ENTRY, ...other }], '2026-03-08T09:00').rows(...complaints('2026-03-08', 5))
    expect(kinds(run([complaintSurge], log))).toEqual([['open', 5]])
  })

  it('comes back with a snapshot', () => {
    const partition = partitionOf('enterprise', KEY)
    const log = list(new TestLog(), [ENTRY], '2026-03-08T09:00').rows(...complaints('2026-03-08', 8))
    const first = shardOf([complaintSurge], [partition])
    for (const message of log.messages) first.apply(message)
    const second = shardOf([complaintSurge], [partition])
    second.restore(partition, first.snapshot(partition).bytes)
    const [more] = log.rows(...complaints('2026-03-08T15:00', 3)).messages.slice(-1)
    expect(more && second.apply(more)).toEqual([])
    expect(second.explain('complaint-surge', KEY)?.state).toBe('allow-listed')
  })

  it('is explained with who answers for it and until when', () => {
    const shard = shardOf([complaintSurge])
    const explain = (log: TestLog) => {
      for (const message of log.messages.slice(shard.position())) shard.apply(message)
      return shard.explain('complaint-surge', KEY)
    }
    const { detector, owner, reason, until } = ENTRY
    const allowListed = { detector, owner, reason, until }
    const log = list(new TestLog(), [{ ...ENTRY, owner: '早', until: UNTIL - 1 }, ENTRY], '2026-03-08T09:00')
    expect(explain(log)).toMatchObject({ state: 'allow-listed', allowListed, verdict: null })
    log.rows(...complaints('2026-03-08', 8))
    expect(explain(log)).toMatchObject({ state: 'allow-listed', allowListed, verdict: { observed: 8 }, alertId: null })
    expect(explain(log.tick(UNTIL))).toMatchObject({ allowListed: null, verdict: { level: 'orange' } })
  })
})
