import { expect, test } from 'vitest'
import { NOTICES, noticesOf } from '../../dashboards/console/src/board/notices.ts'
import { en } from '../../dashboards/console/src/locales/en.ts'
import { zh } from '../../dashboards/console/src/locales/zh.ts'
import { CLOCK_DOUBTS, DEGRADED, UNREADY } from '../../src/model/readiness.ts'

const WELL = { reasons: [], degraded: [], restarting: [] }

test('nothing is said of a service that is well, nor of one that was not asked', () => {
  expect(noticesOf(WELL)).toEqual([])
  expect(noticesOf(null)).toEqual([])
})

test('what is wrong is said once each, what stops the service first', () => {
  const notices = noticesOf({
    reasons: ['partitions recovering', 'clock jumped-back', 'log unreachable'],
    degraded: ['store'],
    restarting: ['nats-server ended and is being started again (2 times in a row)'],
  })
  expect(notices).toEqual([
    { kind: 'clock', weight: 'stop', detail: 'jumped-back' },
    { kind: 'log', weight: 'stop', detail: '' },
    { kind: 'recovering', weight: 'stop', detail: '' },
    { kind: 'store-away', weight: 'limp', detail: '' },
    { kind: 'restarting', weight: 'limp', detail: 'nats-server' },
  ])
})

test('a word that the page does not know is shown as it is', () => {
  expect(noticesOf({ ...WELL, reasons: ['moon too close'] })).toEqual([
    { kind: 'other', weight: 'stop', detail: 'moon too close' },
  ])
})

test('the page knows every word that the service says of its readiness', () => {
  const reasons = [...UNREADY, ...CLOCK_DOUBTS.map((doubt) => `clock ${doubt}`)]
  const notices = noticesOf({ reasons, degraded: [...DEGRADED], restarting: [] })
  expect(notices.filter(({ kind }) => kind === 'other')).toEqual([])
  expect(new Set(notices.map(({ kind, detail }) => kind + detail)).size).toBe(reasons.length + DEGRADED.length)
})

test('every notice and every doubt of the clock has its words in both languages', () => {
  for (const table of [zh, en]) {
    for (const kind of NOTICES) expect(Object.keys(table.notice[kind])).toEqual(['title', 'text'])
    expect(Object.keys(table.clock.meaning)).toEqual([...CLOCK_DOUBTS])
  }
})
