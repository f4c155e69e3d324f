import { describe, expect, test } from 'vitest'
import { deadlineOf, deadlinesOf } from '../../dashboards/console/src/board/deadlines.ts'
import { isNameless, nextLook } from '../../dashboards/console/src/board/late-names.ts'
import { meanwhile } from '../../dashboards/console/src/board/meanwhile.ts'
import type { HistoryEntry } from '../../src/model/alert.ts'
import { alertOf } from './alerts.ts'

const at = (time: string) => `2026-11-23T${time}:00+08:00`
const done = (action: string, time: string): HistoryEntry => ({ at: at(time), by: 'k1', action })
const deadlines = { acknowledge: at('10:00'), verify: at('14:00'), handle: at('18:00') }
const alert = alertOf({ id: 'a', revision: 1, deadlines, history: [done('opened', '09:00')] })

describe('time limits', () => {
  test('run until what they ask for is done; a later step does what came before it too', () => {
    const doneAt = (...history: HistoryEntry[]) =>
      deadlinesOf({ deadlines, history }).map(
        (one) => one.doneAt && new Date(one.doneAt + 8 * 3_600_000).toISOString().slice(11, 16),
      )
    expect(doneAt()).toEqual([null, null, null])
    expect(doneAt(done('acknowledge', '09:30'))).toEqual(['09:30', null, null])
    expect(doneAt(done('comment', '09:10'), done('measure', '09:40'))).toEqual(['09:40', null, null])
    expect(doneAt(done('dismiss', '09:20'))).toEqual(['09:20', '09:20', '09:20'])
    expect(doneAt(done('dismiss', '09:20'), done('reopen', '09:50'))).toEqual([null, null, null])
  })

  test('of a step its own, or the next that runs', () => {
    const acknowledged = { deadlines, history: [done('acknowledge', '09:30')] }
    expect(deadlineOf(alert, 'dismiss')?.step).toBe('acknowledge')
    expect(deadlineOf(acknowledged, 'measure')?.step).toBe('handle')
    expect(deadlineOf(acknowledged, 'assign')?.step).toBe('verify')
    expect(deadlineOf({ deadlines, history: [done('close', '12:00')] }, 'comment')).toBeNull()
    expect(deadlineOf({ ...alert, deadlines: { acknowledge: null, verify: null, handle: null } }, 'verify')).toBeNull()
  })
})

describe('what happens under an open dialog', () => {
  test('more of the same is no news', () => {
    const grown = { ...alert, revision: 2, evidence: { ...alert.evidence, observed: 9 } }
    expect(meanwhile(alert, grown, 'dismiss')).toBeNull()
  })

  test.each([
    ['a rise in level', { level: 'red' as const }],
    ['a signature', { status: 'acknowledged' as const }],
    ['another officer', { assignee: 'k2' }],
    ['a comment', { history: [...alert.history, done('comment', '09:05')] }],
  ])('%s is', (_what, over) => {
    expect(meanwhile(alert, { ...alert, ...over }, 'dismiss')).toEqual({ kind: 'changed' })
  })

  test('a step that the status does not allow any more is barred', () => {
    expect(meanwhile(alert, { ...alert, status: 'dismissed' }, 'dismiss')).toEqual({
      kind: 'barred',
      status: 'dismissed',
    })
    expect(meanwhile(alert, { ...alert, status: 'dismissed' }, 'comment')).toEqual({ kind: 'changed' })
  })
})

test('the name of an enterprise is looked for again while its alert is fresh, and of an old one once', () => {
  const code = '91140105MA0K2914XG'
  expect(isNameless({ kind: 'enterprise', key: code, name: code })).toBe(true)
  expect(isNameless({ kind: 'enterprise', key: code, name: '火锅店甲' })).toBe(false)
  expect(isNameless({ kind: 'person', key: 'p1', name: 'p1' })).toBe(false)
  const opened = Date.parse(at('09:00'))
  const looks = (now: number) => [0, 1, 2, 3, 4, 5].map((n) => nextLook(opened, n, now)).filter((wait) => wait !== null)
  expect(looks(opened + 1_000).length).toBeGreaterThan(3)
  expect(looks(opened + 3_600_000)).toEqual([0])
})
