import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { complaintSurge } from '../../detectors/complaint/complaint-surge.ts'
import { poissonTail } from '../../src/detect/statistics/poisson.ts'
import { run, TestLog, type Told, time } from '../detect/log.ts'

const SUBJECT = '91140105MA0K2914XG'

function complaints(day: string, count: number): Told[] {
  return Array.from({ length: count }, () => ({ type: 'complaint.filed', subject: SUBJECT, at: time(day) }))
}

describe('complaint surge', () => {
  it('is withdrawn when complaints that arrive late show that so many were usual', () => {
    const log = new TestLog()
    for (const event of [...complaints('2026-03-20', 5), ...complaints('2026-03-01', 30)]) log.rows(event)
    const findings = run([complaintSurge], log)
    expect(findings.map(({ kind }) => kind)).toEqual(['open', 'withdrawn'])
    const { evidence, alertId } = findings[1] ?? {}
    expect(alertId).toBe(findings[0]?.alertId)
    // With the ninth late one the base is 0.75 a week, of which five are no longer under one in a thousand.
    expect(evidence?.observed).toBe(5)
    expect(evidence?.threshold).toBe(6)
    expect(evidence?.expected).toBe(9 / 12)
  })

  it('shows the 13 weeks, the current one last', () => {
    const log = new TestLog()
    for (const event of [
      ...complaints('2026-03-06', 2),
      ...complaints('2026-03-13', 1),
      ...complaints('2026-03-20', 6),
    ])
      log.rows(event)
    const series = run([complaintSurge], log).at(-1)?.evidence.series ?? []
    expect(series.length).toBe(13)
    expect(series.slice(-3)).toEqual([
      [time('2026-02-28T00:00'), 2],
      [time('2026-03-07T00:00'), 1],
      [time('2026-03-14T00:00'), 5],
    ])
  })

  it('has as threshold the smallest number that meets all three conditions', () => {
    fc.assert(
      fc.property(fc.nat(400), fc.integer({ min: 0, max: 200 }), (base, n) => {
        const window = { from: 0, to: 0, events: 0, members: 0, sum: 0 }
        const windows = { recent: { ...window, members: n }, base: { ...window, events: base } }
        const parameters = { complainants: 5, ratio: 3, probability: 0.001, leastBase: 0.5 }
        const { level, threshold } = complaintSurge.verdict(
          { windows, stock: 0, pending: [], series: () => [] },
          parameters,
        )
        const mu = Math.max(0.5, base / 12)
        const fires = (count: number) => count >= 5 && count >= 3 * mu && poissonTail(count, mu) < 0.001
        expect(level).toBe(fires(n) ? 'orange' : null)
        expect([fires(threshold), fires(threshold - 1)]).toEqual([true, false])
      }),
    )
  })
})
