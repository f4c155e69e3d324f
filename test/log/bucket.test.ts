import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Bucket, BucketChange } from '../../src/log/bucket.ts'
import { RevisionConflict } from '../../src/model/errors.ts'
import { type LogWorld, startLogWorld } from './log-world.ts'

let world: LogWorld
beforeEach(async () => {
  world = await startLogWorld()
})
afterEach(() => world.end())

async function alerts(): Promise<Bucket<{ n: number }>> {
  return (await world.connect()).bucket('yujing_alerts')
}

test('compare and set: create once, update from the revision that was read', async () => {
  const bucket = await alerts()
  expect(await bucket.get('a')).toBeNull()
  const first = await bucket.create('a', { n: 1 })
  await expect(bucket.create('a', { n: 2 })).rejects.toThrow(RevisionConflict)
  const second = await bucket.update('a', { n: 2 }, first)
  await expect(bucket.update('a', { n: 3 }, first)).rejects.toThrow(RevisionConflict)
  expect(await bucket.get('a')).toEqual({ value: { n: 2 }, revision: second })
  await bucket.delete('a')
  expect(await bucket.get('a')).toBeNull()
  expect(await bucket.create('a', { n: 4 })).toBeGreaterThan(second)
})

test('of two who update from one revision exactly one succeeds', async () => {
  const [one, two] = [await alerts(), await alerts()]
  const revision = await one.create('a', { n: 0 })
  const outcomes = await Promise.allSettled([one.update('a', { n: 1 }, revision), two.update('a', { n: 2 }, revision)])
  expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
})

test('entries are the values of one moment in order of revision, deleted keys left out', async () => {
  const bucket = await alerts()
  expect(await bucket.entries()).toEqual([])
  expect(await bucket.lastRevision()).toBe(0)
  for (const key of ['a', 'b', 'c', 'd']) await bucket.put(key, { n: 1 })
  await bucket.put('a', { n: 2 })
  await bucket.delete('d')
  expect((await bucket.entries()).map(({ key, value }) => [key, value.n])).toEqual([
    ['b', 1],
    ['c', 1],
    ['a', 2],
  ])
  expect(await bucket.lastRevision()).toBe(6)
})

test('a watch begins with what is there, then tells each change, deletions too', async () => {
  const bucket = await alerts()
  await bucket.put('a', { n: 1 })
  await bucket.put('b', { n: 1 })
  const seen: BucketChange<{ n: number }>[] = []
  for await (const change of bucket.watch(new AbortController().signal)) {
    seen.push(change)
    if (seen.length === 2) {
      await bucket.put('a', { n: 2 })
      await bucket.delete('b')
    }
    if (seen.length === 4) break
  }
  expect(seen).toEqual([
    { key: 'a', value: { n: 1 }, revision: 1 },
    { key: 'b', value: { n: 1 }, revision: 2 },
    { key: 'a', value: { n: 2 }, revision: 3 },
    { key: 'b', value: null, revision: 4 },
  ])
})

test('a watch misses no change over restarts of the server', { timeout: 120_000 }, async () => {
  const log = await world.connect()
  const bucket = await log.bucket<{ n: number }>('yujing_alerts')
  const seen: BucketChange<{ n: number }>[] = []
  const ending = new AbortController()
  const watching = (async () => {
    for await (const change of bucket.watch(ending.signal)) seen.push(change)
  })()
  for (let round = 0; round < 3; round++) {
    for (let key = 0; key < 20; key++) await bucket.put(`k${key}`, { n: round })
    const back = new Promise<void>((resolve) => log.onReconnect(() => resolve()))
    await world.nats.restart()
    await back
    // At once, before the watch has found its place again: every key a value of its own, so none may be left out.
    for (let key = 0; key < 20; key++) await bucket.put(`r${round}.k${key}`, { n: round })
  }
  const last = await bucket.lastRevision()
  await expect.poll(() => seen.at(-1)?.revision).toBe(last)
  const state = new Map(seen.map(({ key, value }) => [key, value]))
  expect(Object.fromEntries(state)).toEqual(
    Object.fromEntries((await bucket.entries()).map(({ key, value }) => [key, value])),
  )
  expect(state.size).toBe(80)
  const revisions = seen.map(({ revision }) => revision)
  expect(revisions).toEqual([...new Set(revisions)].toSorted((a, b) => a - b))
  ending.abort()
  await watching
})
