import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FIRST_WAIT_MS, LONGEST_WAIT_MS, waitBeforeAttempt } from '../../dashboards/console/src/live/backoff.ts'

test('the wait doubles with each failure up to the longest, half of it by chance', () => {
  expect(waitBeforeAttempt(0, 0)).toBe(FIRST_WAIT_MS / 2)
  expect(waitBeforeAttempt(1, 0)).toBe(FIRST_WAIT_MS)
  expect(waitBeforeAttempt(3, 0.999_999)).toBe(FIRST_WAIT_MS * 8)
  expect(waitBeforeAttempt(30, 0)).toBe(LONGEST_WAIT_MS / 2)
})

test('no wait is nothing, and none is longer than the longest', () => {
  fc.assert(
    fc.property(fc.nat(10_000), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (failures, chance) => {
      const wait = waitBeforeAttempt(failures, chance)
      return wait >= FIRST_WAIT_MS / 2 && wait <= LONGEST_WAIT_MS
    }),
  )
})
