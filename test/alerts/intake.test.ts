import { describe, expect, it } from 'vitest'
import { nextBatch } from '../../src/alerts/intake.ts'
import { merge } from '../../src/alerts/stages/merge.ts'
import type { StoredAlert } from '../../src/model/alert.ts'
import { type FindingWords, finding } from './findings.ts'

function saved(id: string): StoredAlert {
  const verdict = { finding: finding({ at: 0, alert: id }), events: [], eventsPending: 0, name: null }
  const merged = merge({ before: null, at: '2026-11-23T08:00:00+08:00', verdict })
  if ('dropped' in merged) throw new Error(merged.dropped)
  return merged.alert
}

/** The places of the batch, of findings that wait. */
function batch(waiting: readonly FindingWords[], known: readonly string[], resting: readonly string[]): number[] {
  const alerts = new Map(known.map((id) => [id, saved(id)]))
  const all = waiting.map((words) => ({ finding: finding({ kind: 'growth', ...words }), ack: () => {} }))
  const next = nextBatch(all, (id) => alerts.get(id) ?? null, new Set(resting))
  return next.map((one) => one.finding.evidence.position.seq)
}

describe('what is saved next of a subject', () => {
  it('nothing while all alerts rest and nothing is urgent', () => {
    expect(batch([{ at: 1, alert: 'a' }], ['a'], ['a'])).toEqual([])
  })

  it('all of the alert that has rested', () => {
    const waiting = [
      { at: 1, alert: 'a' },
      { at: 2, alert: 'b' },
      { at: 3, alert: 'b' },
      { at: 4, alert: 'a' },
    ]
    expect(batch(waiting, ['a', 'b'], ['a'])).toEqual([2, 3])
  })

  it('the urgent one, with all of its alert around it (the drawing)', () => {
    const waiting: FindingWords[] = [
      { at: 1, alert: 'a' },
      { at: 2, alert: 'b' },
      { at: 3, alert: 'a' },
      { at: 4, alert: 'b', level: 'red' },
      { at: 5, alert: 'a' },
      { at: 6, alert: 'b' },
    ]
    expect(batch(waiting, ['a', 'b'], ['a', 'b'])).toEqual([2, 4, 6])
  })

  it('nothing that comes after the next urgent finding, of whatever alert', () => {
    const waiting: FindingWords[] = [
      { at: 1, alert: 'a', kind: 'open' },
      { at: 2, alert: 'b', kind: 'open' },
      { at: 3, alert: 'a', kind: 'withdrawn' },
    ]
    expect(batch(waiting, [], [])).toEqual([1])
    expect(batch(waiting.slice(1), ['a'], ['a'])).toEqual([2])
    expect(batch(waiting.slice(2), ['a', 'b'], ['a', 'b'])).toEqual([3])
  })
})
