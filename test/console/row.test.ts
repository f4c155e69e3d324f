import { describe, expect, test } from 'vitest'
import { decidingReason, endingOf, isCut, rowTime } from '../../dashboards/console/src/board/row.ts'
import { alertOf } from './alerts.ts'

const said = (text: string) => ({ zh: text, en: text })
const recommended = (...because: string[]) =>
  alertOf({ id: 'a', revision: 1, recommendation: { measure: 'interview', tasks: [], because: because.map(said) } })

describe('a row', () => {
  test('names what decided for the measure, not that the level has this first answer', () => {
    expect(decidingReason(recommended('级别', '采取过提醒', '属实'))).toEqual(said('属实'))
    expect(decidingReason(recommended('级别'))).toBeNull()
    expect(decidingReason(recommended())).toBeNull()
  })

  test('tells the age of what is open, the day of history, the moment at which it was finished', () => {
    const openedAt = '2026-11-23T12:00:00+08:00'
    const lastEventTime = '2026-09-01T08:00:00+08:00'
    const updatedAt = '2026-11-24T09:30:00+08:00'
    const alert = alertOf({ id: 'a', revision: 1, openedAt, lastEventTime, updatedAt })
    const finishedAt = { kind: 'moment', at: Date.parse(updatedAt) }
    expect(rowTime(alert)).toEqual({ kind: 'age', since: Date.parse(openedAt) })
    expect(rowTime({ ...alert, historic: true })).toEqual({ kind: 'day', at: Date.parse(lastEventTime) })
    expect(rowTime({ ...alert, status: 'dismissed' })).toEqual(finishedAt)
    expect(rowTime({ ...alert, status: 'closed', historic: true })).toEqual(finishedAt)
  })

  test('says how a finished alert ended: the words of its last ending, not of a comment after it or an ending before', () => {
    const at = '2026-11-24T09:30:00+08:00'
    const by = 'officer'
    const history = [
      { at, by, action: 'dismiss', note: '重复登记', from: 'open', to: 'dismissed' },
      { at, by, action: 'reopen', note: '又有投诉', from: 'dismissed', to: 'open' },
      { at, by, action: 'dismiss', note: '已电话核实', from: 'open', to: 'dismissed' },
      { at, by, action: 'comment', note: '备查', from: 'dismissed', to: 'dismissed' },
    ] as const
    const alert = alertOf({ id: 'a', revision: 1, status: 'dismissed', history })
    expect(endingOf(alert)).toEqual({ outcome: null, note: '已电话核实' })
    expect(endingOf({ ...alert, status: 'open' })).toBeNull()
    expect(endingOf(alertOf({ id: 'b', revision: 1, status: 'closed', outcome: 'withdrawn' }))).toEqual({
      outcome: 'withdrawn',
      note: '',
    })
  })

  test('shows no numbers that the service has cut away', () => {
    const alert = alertOf({ id: 'a', revision: 1 })
    expect(isCut(alert)).toBe(false)
    expect(isCut({ evidence: { ...alert.evidence, observed: 0, eventsTotal: 0 } })).toBe(true)
  })
})
