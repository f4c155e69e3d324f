import { describe, expect, test } from 'vitest'
import { standingOf } from '../src/desk-comparison.ts'
import type { StoredAlert } from '../src/model/alert.ts'
import { passOffline } from '../src/offline-pass.ts'
import { TestLog, time } from './detect/log.ts'

const SHOP = '91140105MA0K2914XG'
const log = new TestLog()
for (let n = 0; n < 9; n++) log.rows({ type: 'complaint.filed', subject: SHOP, at: time(`2026-03-02T0${n}:00`) })

/** The alert as the desk has it when it has read the log up to a message, and a fold that ends at another. */
async function folded(upTo: number) {
  const pass = await passOffline({ epoch: log.epoch, messages: log.messages.slice(0, upTo) })
  const [alert] = pass.saved.values()
  return { end: { epoch: log.epoch, pass }, alert: alert as StoredAlert }
}

describe('an alert beside a fold that ends at a position', () => {
  test('agrees when both end there', async () => {
    const { end, alert } = await folded(9)
    expect(standingOf(alert.id, alert, end)).toBe('agrees')
  })

  test('changed behind it is not compared, nor is one that opened behind it', async () => {
    const { alert } = await folded(9)
    const { end } = await folded(6)
    expect(end.pass.alerts.size).toBe(1)
    expect(alert.appliedPosition.seq).toBeGreaterThan(6)
    expect(standingOf(alert.id, alert, end)).toBe('later')
    const { end: before } = await folded(2)
    expect(before.pass.alerts.size).toBe(0)
    expect(standingOf(alert.id, alert, before)).toBe('later')
  })

  test('that has not been told all differs', async () => {
    const { end } = await folded(9)
    const { alert } = await folded(5)
    expect(standingOf(alert.id, alert, end)).toMatchObject({
      kind: 'differs',
      members: ['lastEventTime', 'observed'],
    })
    expect(standingOf(alert.id, null, end)).toMatchObject({ kind: 'missing', key: SHOP })
  })

  test('that opened before it and is not of the fold is surplus, even when it changed behind it', async () => {
    const { alert } = await folded(9)
    const { end } = await folded(6)
    const id = 'f'.repeat(32)
    expect(standingOf(id, { ...alert, id }, end)).toMatchObject({ kind: 'surplus', id })
  })

  test('of another log is not compared', async () => {
    const { end, alert } = await folded(9)
    const appliedPosition = { ...alert.appliedPosition, epoch: 'f'.repeat(16) }
    expect(standingOf(alert.id, { ...alert, appliedPosition }, end)).toBe('other-log')
  })

  test('that an officer took up again after a withdrawal agrees; one that the desk never withdrew does not', async () => {
    const { end, alert } = await folded(9)
    const fold = end.pass.alerts.get(alert.id)
    if (fold === undefined) throw new Error('no alert')
    const withdrawn = { ...end, pass: { ...end.pass, alerts: new Map([[alert.id, { ...fold, withdrawn: true }]]) } }
    expect(standingOf(alert.id, alert, withdrawn)).toMatchObject({ members: ['withdrawn'] })
    const reopened = { at: alert.updatedAt, by: 'k-1', action: 'reopen', to: 'open' } as const
    expect(standingOf(alert.id, { ...alert, history: [...alert.history, reopened] }, withdrawn)).toBe('agrees')
  })
})
