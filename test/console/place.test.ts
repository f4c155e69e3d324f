import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PAGES } from '../../dashboards/console/src/board/pages.ts'
import { FIRST_QUARANTINE, formatPlace, parsePlace } from '../../dashboards/console/src/board/place.ts'
import { REFUSED_STATES } from '../../dashboards/console/src/board/refused.ts'
import { FIRST_VIEW, inView, STATUS_GROUPS, viewParameters } from '../../dashboards/console/src/board/view.ts'
import { LEVELS } from '../../src/model/level.ts'
import { alertOf } from './alerts.ts'

const FIRST_PLACE = { page: 'alerts', enterprise: null, quarantine: FIRST_QUARANTINE } as const

test('the address says only what differs from the first view', () => {
  expect(formatPlace({ view: FIRST_VIEW, alert: null, ...FIRST_PLACE })).toBe('')
  expect(formatPlace({ view: { ...FIRST_VIEW, levels: ['red'], historic: true }, alert: 'ab12', ...FIRST_PLACE })).toBe(
    '#level=red&historic=1&alert=ab12',
  )
})

test('every place survives the address bar', () => {
  const place = fc.record({
    view: fc.record({
      levels: fc.subarray([...LEVELS]),
      status: fc.constantFrom(...STATUS_GROUPS),
      historic: fc.boolean(),
      assignee: fc.constantFrom('', 'k0123456789abcdef', 'bootstrap'),
      q: fc.string({ unit: 'grapheme' }),
    }),
    alert: fc.option(fc.stringMatching(/^[0-9a-f]{8,40}$/)),
    page: fc.constantFrom(...PAGES),
    enterprise: fc.option(fc.stringMatching(/^[0-9A-Z]{18}$/)),
    quarantine: fc.record({
      code: fc.constantFrom('', 'region.unknown'),
      source: fc.constantFrom('', '/sx/12315', '/省 局?'),
      state: fc.constantFrom('' as const, ...REFUSED_STATES),
    }),
  })
  fc.assert(
    fc.property(place, (there) => {
      expect(parsePlace(formatPlace(there))).toEqual(there)
    }),
  )
})

test('an address of nonsense is the first view', () => {
  expect(parsePlace('#level=purple&status=lost&historic=yes')).toEqual({
    view: FIRST_VIEW,
    alert: null,
    ...FIRST_PLACE,
  })
})

test('the view as parameters of the list, and as judgement of what the feed brings', () => {
  const view = {
    levels: ['red', 'orange'] as const,
    status: 'working' as const,
    historic: false,
    assignee: '',
    q: ' 火锅 ',
  }
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
