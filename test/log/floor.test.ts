import { expect, test } from 'vitest'
import { createFloor } from '../../src/log/floor.ts'

test('the floor stands below the oldest that still runs', () => {
  const floor = createFloor(10)
  expect(floor.value()).toBe(10)
  for (const seq of [11, 12, 13]) floor.begin(seq)
  expect(floor.value()).toBe(10)
  floor.finish(12)
  expect(floor.value()).toBe(10)
  floor.finish(11)
  expect(floor.value()).toBe(12)
  floor.finish(13)
  expect(floor.value()).toBe(13)
})
