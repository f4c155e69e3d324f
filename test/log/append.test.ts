import { afterEach, beforeEach, expect, test } from 'vitest'
import { tellingWhatIsAppended } from '../../src/log/event-log.ts'
import { AppendSuperseded } from '../../src/model/errors.ts'
import { appendAll, type LogWorld, MEBIBYTE, message, startLogWorld, take, textOf } from './log-world.ts'

let world: LogWorld
beforeEach(async () => {
  world = await startLogWorld()
})
afterEach(() => world.end())

test('a pipeline stands in the log in the order in which it was sent, numbered as the writer counts', async () => {
  const log = await world.connect()
  expect([await log.events.first(), await log.events.last()]).toEqual([1, 0])
  const expected = Array.from({ length: 300 }, (_, index) => index + 1)
  expect(await appendAll(log, 1, 300)).toEqual(expected)
  expect([await log.events.first(), await log.events.last()]).toEqual([1, 300])
  const messages = await take(log.events.read(1, new AbortController().signal), 300)
  expect(messages.map(({ payload }) => textOf(payload))).toEqual(expected.map((seq) => `batch ${seq}`))
})

test('control entries and batches keep their kind and count', async () => {
  const log = await world.connect()
  await log.events.append({ ...message(log, 1, { begins: true }), kind: 'control' })
  await log.events.append({ ...message(log, 2), count: 1_000 })
  expect(await log.events.get(1)).toMatchObject({ seq: 1, kind: 'control', count: 1 })
  expect(await log.events.get(2)).toMatchObject({ seq: 2, kind: 'rows', count: 1_000 })
  expect(await log.events.get(3)).toBeNull()
})

test("a superseded writer's whole pipeline fails, even where the new writer used the same numbers", async () => {
  const old = await world.connect()
  const young = await world.connect()
  await appendAll(old, 1, 3)
  await young.events.append(message(young, 4, { begins: true, text: 'the new writer' }))

  const pipeline = [4, 5, 6, 7].map((seq) => old.events.append(message(old, seq, { text: 'the old writer' })))
  const outcomes = await Promise.allSettled(pipeline)
  for (const outcome of outcomes)
    expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(AppendSuperseded) })
  expect(await young.events.last()).toBe(4)
  expect(await young.events.append(message(young, 5))).toBe(5)
})

test('a term that begins behind the end of the log is refused', async () => {
  const log = await world.connect()
  await appendAll(log, 1, 3)
  await expect(log.events.append(message(log, 3, { begins: true }))).rejects.toThrow(AppendSuperseded)
  const other = await world.connect()
  await expect(other.events.append(message(other, 1, { begins: true }))).rejects.toThrow(AppendSuperseded)
  expect(await log.events.last()).toBe(3)
})

test('the same message sent twice in a chain is refused the second time', async () => {
  const log = await world.connect()
  await appendAll(log, 1, 2)
  await log.events.append(message(log, 3, { text: 'first' }))
  await expect(log.events.append(message(log, 3, { text: 'second' }))).rejects.toThrow(AppendSuperseded)
  expect(await log.events.last()).toBe(3)
})

test('after a restart of the server the chain begins again by the last sequence', async () => {
  const log = await world.connect()
  const reconnects: boolean[] = []
  log.onReconnect((restarted) => reconnects.push(restarted))
  await appendAll(log, 1, 3)
  const { epoch } = log

  await world.nats.restart()
  await expect.poll(() => reconnects).toEqual([true])
  expect(log.healthy()).toBe(true)
  expect(await log.events.last()).toBe(3)
  expect(await appendAll(log, 4, 6)).toEqual([4, 5, 6])
  expect((await world.connect()).epoch).toBe(epoch)
})

test('what is sent while the server is away fails at once and never arrives later', async () => {
  const log = await world.connect()
  await appendAll(log, 1, 2)
  const back = new Promise<void>((resolve) => log.onReconnect(() => resolve()))
  const restarting = world.nats.restart()
  await expect.poll(() => log.healthy()).toBe(false)
  const lost = [3, 4].map((seq) => log.events.append(message(log, seq)))
  for (const outcome of await Promise.allSettled(lost))
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'log.unavailable' } })
  expect(log.healthy()).toBe(false)
  await restarting
  await back
  expect(await log.events.last()).toBe(2)
})

test('a full log refuses and keeps what it has; purging makes room', async () => {
  const log = await world.connect({ maxBytes: 4 * MEBIBYTE })
  const text = 'x'.repeat(900 * 1024)
  let seq = 1
  let failure: unknown
  for (; failure === undefined && seq < 10; seq++)
    await log.events.append(message(log, seq, { text, begins: seq === 1 })).catch((error) => {
      failure = error
    })
  expect(failure).toMatchObject({ code: 'log.full' })
  const last = await log.events.last()
  expect([await log.events.first(), last]).toEqual([1, 4])
  await log.events.purgeBelow(3)
  expect(await log.events.first()).toBe(3)
  expect(await log.events.append(message(log, 5, { text, begins: true }))).toBe(5)
})

test('a log whose limit was raised takes more; its epoch stays', async () => {
  const small = await world.connect({ maxBytes: MEBIBYTE })
  const large = await world.connect({ maxBytes: 8 * MEBIBYTE })
  expect(large.epoch).toBe(small.epoch)
  expect(small.epoch).toMatch(/^[0-9a-f]{16}$/)
  const text = 'x'.repeat(900 * 1024)
  await large.events.append(message(large, 1, { text, begins: true }))
  expect(await large.events.append(message(large, 2, { text }))).toBe(2)
})

test('who wants to know what is appended is told each batch of rows that the log has taken, and no other', async () => {
  const log = await world.connect()
  const told: string[] = []
  const telling = tellingWhatIsAppended(log.events, (seq, payload) => told.push(`${seq} ${textOf(payload)}`))
  await telling.append({ ...message(log, 1, { begins: true }), kind: 'control' })
  await telling.append(message(log, 2, { text: 'taken' }))
  await expect(telling.append(message(log, 2, { text: 'refused' }))).rejects.toThrow(AppendSuperseded)
  expect(told).toEqual(['2 taken'])
})
