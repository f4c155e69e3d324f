import { afterEach, beforeEach, expect, test } from 'vitest'
import type { QuarantineEntry } from '../../src/model/quarantine.ts'
import { type LogWorld, startLogWorld, take } from './log-world.ts'

let world: LogWorld
beforeEach(async () => {
  world = await startLogWorld()
})
afterEach(() => world.end())

const entry = (id: string): QuarantineEntry => ({
  code: 'subject.check-character',
  reason: 'The check character of the credit code does not fit.',
  source: '/sx/12315',
  id,
  receivedAt: 1_795_392_000_000,
  payload: 'c2VhbGVk',
})

test('refused events wait in the order in which they came', async () => {
  const { quarantine } = await world.connect()
  await quarantine.put(entry('a'), 'first')
  await quarantine.put(entry('b'), 'second')
  await quarantine.put(entry('a'), 'first')
  expect(await take(quarantine.read(1, new AbortController().signal), 2)).toEqual([
    { seq: 1, entry: entry('a') },
    { seq: 2, entry: entry('b') },
  ])
  expect(await quarantine.get(2)).toEqual(entry('b'))
  // Under the same name it is no second entry.
  expect(await quarantine.get(3)).toBeNull()
})

test('they are looked through from the newest on, page by page, past those that do not match', async () => {
  const { quarantine } = await world.connect()
  expect(await quarantine.newest(null, 5, () => true)).toEqual({ found: [], next: null })
  await Promise.all(Array.from({ length: 1_203 }, (_, n) => quarantine.put(entry(String(n)), `name ${n}`)))
  const page = async (below: number | null, most: number) => {
    const { found, next } = await quarantine.newest(below, most, ({ seq }) => seq % 100 === 1)
    return [found.map(({ seq }) => seq), next]
  }
  expect(await page(null, 2)).toEqual([[1_201, 1_101], 1_101])
  expect(await page(1_101, 10)).toEqual([[1_001, 901, 801, 701, 601, 501, 401, 301, 201, 101], 101])
  expect(await page(101, 10)).toEqual([[1], null])
  expect(await page(2, 1)).toEqual([[1], null])
})
