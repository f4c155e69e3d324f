import { expect, it } from 'vitest'
import { createTurns } from '../../src/alerts/turns.ts'

it('what is urgent never waits for what is not, also when it becomes so while it waits', async () => {
  const turns = createTurns(1, 1)
  const working = new Map<string, () => void>()
  const urgent = new Set<string>()
  const take = (name: string) =>
    turns.take(
      () => urgent.has(name),
      () => new Promise<void>((end) => working.set(name, end)),
    )
  const ended = ['a', 'b', 'c', 'd'].map(take)
  await expect.poll(() => [...working.keys()]).toEqual(['a'])
  urgent.add('c')
  turns.look()
  await expect.poll(() => [...working.keys()]).toEqual(['a', 'c'])
  urgent.add('d')
  turns.look()
  working.get('a')?.()
  await expect.poll(() => [...working.keys()]).toEqual(['a', 'c', 'b'])
  working.get('c')?.()
  await expect.poll(() => [...working.keys()]).toEqual(['a', 'c', 'b', 'd'])
  for (const end of working.values()) end()
  await Promise.all(ended)
})
