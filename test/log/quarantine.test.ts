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
