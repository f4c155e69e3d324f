import { describe, expect, test } from 'vitest'
import { lookAgain } from '../../dashboards/console/src/board/evidence-events.ts'
import { alertOf } from './alerts.ts'

const plain = alertOf({ id: 'a', revision: 1, updatedAt: '2026-11-24T09:30:00+08:00' })
const events = [
  { source: '/sx/12315', id: '1' },
  { source: '/sx/12315', id: '2' },
]
const alert = { ...plain, evidence: { ...plain.evidence, events } }
const saved = Date.parse(alert.updatedAt)

/** What history knows of the enterprise: these events. */
const known = (...found: readonly { source: string; id: string }[]) => [{ events: found }]

describe('the events behind a fresh alert', () => {
  test('are looked for again while history lacks one of them', () => {
    expect(lookAgain(alert, [], 1, saved)).toBeGreaterThan(0)
    expect(lookAgain(alert, known(...events.slice(1)), 2, saved + 1_000)).toBeGreaterThan(0)
    expect(lookAgain(alert, known(...events), 2, saved + 1_000)).toBeNull()
  })

  test('are not looked for without end, nor behind an alert that has rested', () => {
    expect(lookAgain(alert, [], 6, saved)).toBeNull()
    expect(lookAgain(alert, [], 1, saved + 3_600_000)).toBeNull()
  })
})
