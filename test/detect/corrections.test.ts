import { describe, expect, it } from 'vitest'
import type { Finding } from '../../src/model/finding.ts'
import { countingDetector } from './counting-detector.ts'
import { run, shardOf, TestLog, type Told, time } from './log.ts'

const KEY = '91140105MA0K2914XG'
const detector = countingDetector({
  windows: { recent: { days: 7, distinct: true } },
  lateness: 3,
  threshold: 3,
  red: 5,
})

const complaint = (at: string, more: Partial<Told> = {}): Told => {
  return { type: 'complaint.filed', subject: KEY, at: time(at), ...more }
}

/** A log with an event a message: the n-th stands at `at(n)`. */
const logOf = (...told: Told[]) => told.reduce((log, event) => log.rows(event), new TestLog())
const at = (n: number) => ({ seq: n + 1, index: 0 })
const days = (...dates: string[]) => dates.map((date) => complaint(date))

function kinds(findings: readonly Finding[]): string[] {
  return findings.map(({ kind, level, evidence }) => `${kind} ${level} ${evidence.observed}`)
}

describe('a correction', () => {
  it('takes a verdict away that rests on the event, and says which event that was', () => {
    const log = logOf(...days('2026-03-02', '2026-03-03', '2026-03-04'))
    const findings = run(
      [detector],
      log.correction(at(1), { at: time('2026-03-05'), id: 'R', data: { reason: '重复' } }),
    )
    expect(kinds(findings)).toEqual(['open orange 3', 'withdrawn orange 2'])
    expect(findings[1]).toMatchObject({
      alertId: findings[0]?.alertId,
      evidence: { eventsTotal: 2, events: [at(2), at(0)] },
      correction: {
        kind: 'withdrawn',
        of: { source: '/test', id: 'E1' },
        by: { source: '/test', id: 'R' },
        reason: '重复',
        level: null,
      },
    })
  })

  it('that leaves enough changes the numbers', () => {
    const log = logOf(...days('2026-03-02', '2026-03-03', '2026-03-04', '2026-03-04'))
    const findings = run([detector], log.correction(at(0), { at: time('2026-03-05') }))
    expect(kinds(findings)).toEqual(['open orange 3', 'correction orange 3'])
    expect(findings[1]).toMatchObject({
      firstEventTime: time('2026-03-03'),
      evidence: { events: [at(3), at(2), at(1)] },
    })
  })

  it('takes a level away', () => {
    const log = logOf(...days('2026-03-02', '2026-03-03', '2026-03-04', '2026-03-05', '2026-03-06'))
    const findings = run([detector], log.correction(at(2), { at: time('2026-03-07') }))
    expect(kinds(findings)).toEqual(['open orange 3', 'day orange 4', 'level red 5', 'correction orange 4'])
    expect(findings[3]?.correction?.level).toEqual({ before: 'red', after: 'orange' })
  })

  it('takes one of the two events of a member, and the member stays', () => {
    const by = (member: string) => complaint('2026-03-02', { data: { member } })
    const log = logOf(by('a'), by('a'), by('b'), by('c'))
    const once = log.correction(at(0), { at: time('2026-03-03') })
    expect(kinds(run([detector], once))).toEqual(['open orange 3', 'correction orange 3'])
    expect(kinds(run([detector], once.correction(at(1), { at: time('2026-03-03') }))).at(-1)).toBe('withdrawn orange 2')
  })

  it('replaces an event by another without a gap: the alert and its id stay', () => {
    const log = logOf(...days('2026-03-02', '2026-03-03', '2026-03-04'))
    const right = complaint('2026-03-03', { data: { member: 'right' } })
    const findings = run([detector], log.correction(at(2), right))
    expect(kinds(findings)).toEqual(['open orange 3', 'correction orange 3'])
    expect(findings[1]).toMatchObject({ alertId: findings[0]?.alertId, lastEventTime: time('2026-03-03') })
  })

  it('replaces an event by one of another enterprise: withdrawn here, opened there', () => {
    const other = '91140171MA0K17771B'
    const log = logOf(
      ...days('2026-03-02', '2026-03-03'),
      ...[1, 2].map(() => complaint('2026-03-03', { subject: other })),
    )
    log.rows(complaint('2026-03-04'))
    const findings = run([detector], log.correction(at(4), complaint('2026-03-04', { subject: other })))
    expect(findings.map(({ kind, key }) => `${kind} ${key.key}`)).toEqual([
      `open ${KEY}`,
      `withdrawn ${KEY}`,
      `open ${other}`,
    ])
  })

  it('replaces an event by one of a type that nobody reads', () => {
    const log = logOf(...days('2026-03-02', '2026-03-03', '2026-03-04'))
    const findings = run([detector], log.correction(at(0), { type: 'report.filed', at: time('2026-03-02') }))
    expect(kinds(findings)).toEqual(['open orange 3', 'withdrawn orange 2'])
  })

  it('opens nothing by itself: the next event does', () => {
    const log = logOf(...days('2026-03-02', '2026-03-03'))
    expect(run([detector], log.correction(at(0), { at: time('2026-03-04') }))).toEqual([])
    expect(kinds(run([detector], log.rows(...days('2026-03-04', '2026-03-04'))))).toEqual(['open orange 3'])
  })

  it('of an event that came too late to count takes nothing away', () => {
    const log = logOf(...days('2026-03-12', '2026-03-12', '2026-03-12', '2026-03-01'))
    expect(kinds(run([detector], log.correction(at(3), { at: time('2026-03-13') })))).toEqual(['open orange 3'])
  })

  it('of backfill lowers what is held silently, so that it can be crossed again', () => {
    const held = [1, 2, 3].map(() => complaint('2026-03-02', { backfill: true }))
    const log = logOf(...held).correction(at(0), { at: time('2026-03-03') })
    expect(kinds(run([detector], log.rows(complaint('2026-03-03'))))).toEqual(['open orange 3'])
  })

  it('leaves an alert whose windows are settled standing, with the numbers corrected', () => {
    const log = logOf(...days('2026-03-02', '2026-03-02', '2026-03-02', '2026-03-09'))
    const findings = run([detector], log.correction(at(0), { at: time('2026-03-10') }))
    expect(kinds(findings)).toEqual(['open orange 3', 'end orange 1', 'correction orange 1'])
  })

  it('of a test event keeps to test events', () => {
    const log = logOf(
      ...[1, 2, 3].map(() => complaint('2026-03-02', { test: true })),
      ...days('2026-03-02', '2026-03-02', '2026-03-02'),
    )
    const findings = run([detector], log.correction(at(0), { at: time('2026-03-03') }))
    expect(findings.map(({ kind, test }) => `${kind} ${test}`)).toEqual(['open true', 'open false', 'withdrawn true'])
  })

  it('counts once, whatever snapshot a partition begins from', () => {
    const log = logOf(...days('2026-03-02', '2026-03-03', '2026-03-04')).correction(at(1), { at: time('2026-03-05') })
    for (let cut = 0; cut <= log.last; cut++) {
      const first = shardOf([detector])
      const before = log.messages.slice(0, cut).flatMap((message) => first.apply(message))
      const second = shardOf([detector])
      for (const partition of first.partitions) second.restore(partition, first.snapshot(partition).bytes)
      const after = log.messages.slice(cut).flatMap((message) => second.apply(message))
      expect([...before, ...after]).toEqual(run([detector], log))
    }
  })
})

describe('stock', () => {
  const stocked = countingDetector({
    windows: { recent: { days: 7, distinct: true } },
    lateness: 3,
    threshold: 3,
    stock: true,
  })
  const leaves = (date: string) => complaint(date, { data: { stock: -1 } })

  it('moves back what an event moved, however long ago', () => {
    const log = logOf(...days('2026-03-02', '2026-04-02', '2026-05-02'))
    const findings = run([stocked], log.correction(at(0), { at: time('2026-05-03') }))
    expect(kinds(findings)).toEqual(['open orange 3', 'withdrawn orange 2'])
  })

  it('moves back a departure without opening an alert', () => {
    const log = logOf(...days('2026-03-02', '2026-03-12'), leaves('2026-03-13'), complaint('2026-04-02'))
    expect(run([stocked], log.correction(at(2), { at: time('2026-04-03') }))).toEqual([])
    expect(kinds(run([stocked], log.rows(complaint('2026-04-20'))))).toEqual(['open orange 4'])
  })
})
