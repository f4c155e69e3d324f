import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  appended,
  changed,
  type Listing,
  listingOf,
  type Reading,
  released,
  removed,
  rowsOf,
  swept,
} from '../../dashboards/console/src/board/listing.ts'
import { FIRST_VIEW } from '../../dashboards/console/src/board/view.ts'
import { ALERT_STATUSES } from '../../src/model/alert.ts'
import { LEVELS } from '../../src/model/level.ts'
import { alertOf } from './alerts.ts'

const looking: Reading = { view: FIRST_VIEW, hold: false, opened: null }
const reading = (opened: string | null = null): Reading => ({ view: FIRST_VIEW, hold: true, opened })
const ids = (listing: Listing) => rowsOf(listing).map((alert) => alert.id)
const three = listingOf([
  alertOf({ id: 'c', revision: 3 }),
  alertOf({ id: 'b', revision: 2 }),
  alertOf({ id: 'a', revision: 1 }),
])

describe('a new alert', () => {
  const alert = alertOf({ id: 'd', revision: 4 })

  test('slides in at the top while nobody reads', () => {
    const next = changed(three, alert, looking)
    expect(ids(next)).toEqual(['d', 'c', 'b', 'a'])
    expect(next.fresh.has('d')).toBe(true)
  })

  test('waits while somebody reads, and comes to the top when asked for', () => {
    const held = changed(three, alert, reading())
    expect(ids(held)).toEqual(['c', 'b', 'a'])
    expect(held.waiting).toEqual(['d'])
    expect(ids(released(held))).toEqual(['d', 'c', 'b', 'a'])
  })

  test('of another view does not appear', () => {
    expect(changed(three, alertOf({ id: 'd', revision: 4, historic: true }), looking)).toBe(three)
  })
})

describe('a change of a known alert', () => {
  test('stays in its place; a rise in level brings it to the top', () => {
    expect(ids(changed(three, alertOf({ id: 'a', revision: 5 }), looking))).toEqual(['c', 'b', 'a'])
    const red = alertOf({ id: 'a', revision: 5, level: 'red' })
    expect(ids(changed(three, red, looking))).toEqual(['a', 'c', 'b'])
    const held = changed(three, red, reading())
    expect(ids(held)).toEqual(['c', 'b', 'a'])
    expect(ids(released(held))).toEqual(['a', 'c', 'b'])
  })

  test('that is older than what is known changes nothing', () => {
    expect(changed(three, alertOf({ id: 'c', revision: 2, level: 'red' }), looking)).toBe(three)
  })

  test('leaves the list when it no longer belongs to the view, but not while it is open', () => {
    const signed = alertOf({ id: 'b', revision: 9, status: 'acknowledged' })
    expect(ids(changed(three, signed, looking))).toEqual(['c', 'a'])
    const open = changed(three, signed, reading('b'))
    expect(ids(open)).toEqual(['c', 'b', 'a'])
    expect(ids(swept(open, looking))).toEqual(['c', 'a'])
  })
})

test('pages that overlap show every alert once, in its latest state', () => {
  const next = appended(three, [alertOf({ id: 'a', revision: 7, level: 'red' }), alertOf({ id: 'z', revision: 0 })])
  expect(ids(next)).toEqual(['c', 'b', 'a', 'z'])
  expect(next.alerts.get('a')?.revision).toBe(7)
})

const anyAlert = fc
  .record({
    id: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    revision: fc.integer({ min: 1, max: 30 }),
    level: fc.constantFrom(...LEVELS),
    status: fc.constantFrom(...ALERT_STATUSES),
    historic: fc.boolean(),
  })
  .map(alertOf)

test('whatever comes: no row twice, and every row and every waiting one has its alert', () => {
  const act = fc.oneof(
    fc.record({ alert: anyAlert, hold: fc.boolean(), opened: fc.constantFrom(null, 'a', 'b') }),
    fc.constant('release' as const),
    fc.constant('remove' as const),
  )
  fc.assert(
    fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
      let listing = three
      for (const one of acts) {
        if (one === 'release') listing = released(listing)
        else if (one === 'remove') listing = removed(listing, 'b')
        else listing = changed(listing, one.alert, { view: FIRST_VIEW, hold: one.hold, opened: one.opened })
        expect(new Set(listing.order).size).toBe(listing.order.length)
        expect(new Set(listing.waiting).size).toBe(listing.waiting.length)
        for (const id of [...listing.order, ...listing.waiting]) expect(listing.alerts.has(id)).toBe(true)
      }
    }),
  )
})
