import { afterEach, beforeEach, expect, test } from 'vitest'
import type { LogConnection } from '../../src/log/connection.ts'
import { appendAll, type LogWorld, startLogWorld, take } from './log-world.ts'

let world: LogWorld
beforeEach(async () => {
  world = await startLogWorld()
})
afterEach(() => world.end())

/** Reads in the background, into `seqs`. */
function readInto(log: LogConnection, seqs: number[], signal: AbortSignal): Promise<void> {
  return (async () => {
    for await (const { seq } of log.events.read(1, signal)) seqs.push(seq)
  })()
}

const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1)

test('a reader goes over restarts of the server without a message skipped or doubled', {
  timeout: 120_000,
}, async () => {
  const log = await world.connect()
  const ending = new AbortController()
  const seqs: number[] = []
  const reading = readInto(log, seqs, ending.signal)
  let last = 0
  for (let round = 0; round < 3; round++) {
    await appendAll(log, last + 1, last + 200)
    last += 200
    const back = new Promise<void>((resolve) => log.onReconnect(() => resolve()))
    await world.nats.restart()
    await back
    await appendAll(log, last + 1, last + 50)
    last += 50
    await expect.poll(() => seqs.length).toBe(last)
  }
  expect(seqs).toEqual(upTo(last))
  ending.abort()
  await reading
})

test('a reader that is slow over a restart gets everything once', { timeout: 120_000 }, async () => {
  const log = await world.connect()
  await appendAll(log, 1, 500)
  const seqs: number[] = []
  for await (const { seq } of log.events.read(1, new AbortController().signal)) {
    seqs.push(seq)
    if (seq === 10) await world.nats.restart()
    if (seq === 500) break
  }
  expect(seqs).toEqual(upTo(500))
})

test('reading from the middle, and new messages as they come', async () => {
  const log = await world.connect()
  await appendAll(log, 1, 20)
  const reading = take(log.events.read(15, new AbortController().signal), 10)
  await appendAll(log, 21, 30)
  expect((await reading).map(({ seq }) => seq)).toEqual([15, 16, 17, 18, 19, 20, 21, 22, 23, 24])
})

test('a purged message is missed loudly', async () => {
  const log = await world.connect()
  await appendAll(log, 1, 20)
  await log.events.purgeBelow(11)
  const { signal } = new AbortController()
  await expect(take(log.events.read(10, signal), 1)).rejects.toThrow('the log goes on at 11 where 10 is due')
  expect((await take(log.events.read(11, signal), 10)).map(({ seq }) => seq)).toHaveLength(10)
})

test('aborting ends a reader that waits; closing fails it', async () => {
  const log = await world.connect()
  const ending = new AbortController()
  const reading = readInto(log, [], ending.signal)
  await new Promise((resolve) => setTimeout(resolve, 50))
  ending.abort()
  await reading

  const left = readInto(log, [], new AbortController().signal)
  const failed = expect(left).rejects.toMatchObject({ code: 'log.unavailable' })
  await new Promise((resolve) => setTimeout(resolve, 50))
  await log.close()
  await failed
})
