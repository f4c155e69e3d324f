import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatPlace, parsePlace } from '../../dashboards/console/src/board/place.ts'
import { FIRST_VIEW, inView, STATUS_GROUPS, viewParameters } from '../../dashboards/console/src/board/view.ts'
import { LEVELS } from '../../src/model/level.ts'
import { alertOf } from './alerts.ts'

test('the address says only what differs from the first view', () => {
  expect(formatPlace({ view: FIRST_VIEW, alert: null })).toBe('')
  expect(formatPlace({ view: { ...FIRST_VIEW, levels: ['red'], historic: true }, alert: 'ab12' })).toBe(
    '#level=red&historic=1&alert=ab12',
  )
})

test('every place survives the address bar', () => {
  const place = fc.record({
    view: fc.record({
      levels: fc.subarray([...LEVELS]),
      status: fc.constantFrom(...STATUS_GROUPS),
      historic: fc.boolean(),
      q: fc.string({ unit: 'grapheme' }),
    }),
    alert: fc.option(fc.stringMatching(/^[0-9a-f]{8,40}$/)),
  })
  fc.assert(
    fc.property(place, (there) => {
      expect(parsePlace(formatPlace(there))).toEqual(there)
    }),
  )
})

test('an address of nonsense is the first view', () => {
  expect(parsePlace('#level=purple&status=lost&historic=yes')).toEqual({ view: FIRST_VIEW, alert: null })
})

test('the view as parameters of the list, and as judgement of what the feed brings', () => {
  const view = { levels: ['red', 'orange'] as const, status: 'working' as const, historic: false, q: ' 火锅 ' }
  expect(Object.fromEntries(viewParameters(view))).toEqual({
    historic: 'false',
    level: 'red,orange',
    status: 'acknowledged,handling',
    q: '火锅',
  })
  expect(inView(view, alertOf({ id: 'a', revision: 1, status: 'handling' }))).toBe(true)
  expect(inView(view, alertOf({ id: 'a', revision: 1, status: 'open' }))).toBe(false)
  expect(inView({ ...view, q: 'complainants in' }, alertOf({ id: 'a', revision: 1, status: 'handling' }))).toBe(true)
  expect(inView({ ...view, q: '茶馆' }, alertOf({ id: 'a', revision: 1, status: 'handling' }))).toBe(false)
})
