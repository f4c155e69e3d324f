import { randomBytes } from 'node:crypto'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/nats-core'
import { Objm } from '@nats-io/obj'
import { connect } from '@nats-io/transport-node'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { LogConnection } from '../../src/log/connection.ts'
import { type LogWorld, startLogWorld } from './log-world.ts'

let world: LogWorld
let log: LogConnection
beforeEach(async () => {
  world = await startLogWorld()
  log = await world.connect()
})
afterEach(() => world.end())

const sequences = async (name: string) => (await log.snapshots.candidates(name)).map(({ seq }) => seq)

test('a snapshot comes back byte for byte, over a restart too', async () => {
  const bytes = randomBytes(3 * 1024 * 1024)
  await log.snapshots.save('partition-7', 41, bytes)
  const back = new Promise<void>((resolve) => log.onReconnect(() => resolve()))
  await world.nats.restart('SIGTERM')
  await back
  const [candidate] = await log.snapshots.candidates('partition-7')
  expect(candidate?.seq).toBe(41)
  expect(Buffer.compare((await candidate?.read()) as Uint8Array, bytes)).toBe(0)
})

test('of each name the two highest are kept, newest first', async () => {
  expect(await sequences('writer')).toEqual([])
  for (const seq of [5, 10, 99, 100]) await log.snapshots.save('writer', seq, randomBytes(10))
  await log.snapshots.save('writer-2', 1, randomBytes(10))
  expect(await sequences('writer')).toEqual([100, 99])
  expect(await sequences('writer-2')).toEqual([1])
})

test('a lower sequence never displaces a higher one', async () => {
  await log.snapshots.save('writer', 100, Buffer.from('hundred'))
  await log.snapshots.save('writer', 90, Buffer.from('ninety'))
  await log.snapshots.save('writer', 80, Buffer.from('eighty'))
  expect(await sequences('writer')).toEqual([100, 90])
  const [newest] = await log.snapshots.candidates('writer')
  expect(Buffer.from((await newest?.read()) as Uint8Array).toString()).toBe('hundred')
})

test('an empty snapshot is a snapshot', async () => {
  await log.snapshots.save('partition-1', 1, new Uint8Array(0))
  const [candidate] = await log.snapshots.candidates('partition-1')
  expect(await candidate?.read()).toHaveLength(0)
})

test('one that has been replaced since it was listed is refused, not read as something else', async () => {
  await log.snapshots.save('writer', 1, Buffer.from('one'))
  const [listed] = await log.snapshots.candidates('writer')
  await log.snapshots.save('writer', 2, Buffer.from('two'))
  await log.snapshots.save('writer', 3, Buffer.from('three'))
  await expect(listed?.read()).rejects.toThrow('not there any more')
})

test('what it replaced is gone, bytes and name', async () => {
  for (let seq = 1; seq <= 20; seq++) await log.snapshots.save('writer', seq, randomBytes(300_000))
  const manager = await jetstreamManager(await raw())
  const { messages } = (await manager.streams.info('OBJ_yujing_snapshots')).state
  // Two objects: a name each and their bytes in pieces of 128 KiB.
  expect(messages).toBe(2 * (1 + 3))
})

test('a process that does not know what another wrote displaces none of it', async () => {
  await log.snapshots.save('writer', 10, Buffer.from('ten'))
  await log.snapshots.save('writer', 20, Buffer.from('twenty'))
  const other = await world.connect()
  for (const seq of [100, 200]) await other.snapshots.save('writer', seq, Buffer.from(String(seq)))
  await log.snapshots.save('writer', 30, Buffer.from('thirty'))
  await log.snapshots.save('writer', 40, Buffer.from('forty'))
  expect((await sequences('writer')).slice(0, 2)).toEqual([200, 100])
  const [newest, before] = await log.snapshots.candidates('writer')
  expect(Buffer.from((await newest?.read()) as Uint8Array).toString()).toBe('200')
  expect(Buffer.from((await before?.read()) as Uint8Array).toString()).toBe('100')
  await log.snapshots.save('writer', 50, Buffer.from('fifty'))
  expect((await sequences('writer')).slice(0, 2)).toEqual([200, 100])
  await log.snapshots.save('writer', 300, Buffer.from('three hundred'))
  expect(await sequences('writer')).toEqual([300, 200])
  expect(await other.snapshots.sequences()).toEqual(new Map([['writer', [300, 200]]]))
})

test('what an earlier log left holds up nothing of the log that was created anew, and goes when it has two', async () => {
  for (const seq of [9_000, 9_500]) await log.snapshots.save('writer', seq, Buffer.from('old'))
  await log.snapshots.save('detect-3', 9_400, Buffer.from('old'))
  const old = log.epoch
  await (await jetstreamManager(await raw())).streams.delete('YUJING_EVENTS')
  log = await world.connect()
  expect(log.epoch).not.toBe(old)
  expect(await sequences('writer')).toEqual([])
  expect(await log.snapshots.sequences()).toEqual(new Map())

  await log.snapshots.save('writer', 3, Buffer.from('new'))
  expect(await log.snapshots.sequences()).toEqual(new Map([['writer', [3]]]))
  expect(await objects()).toEqual(
    [`detect-3.${old}.9400`, `writer.${old}.9000`, `writer.${old}.9500`, `writer.${log.epoch}.3`].sort(),
  )
  await log.snapshots.save('writer', 7, Buffer.from('new'))
  const [newest] = await log.snapshots.candidates('writer')
  expect(Buffer.from((await newest?.read()) as Uint8Array).toString()).toBe('new')
  expect(await sequences('writer')).toEqual([7, 3])
  expect(await objects()).toEqual([`detect-3.${old}.9400`, `writer.${log.epoch}.3`, `writer.${log.epoch}.7`].sort())
})

test('one saved before names told the log is offered last, counts for nothing, and goes when there are two', async () => {
  const bucket = await new Objm(jetstream(await raw())).create('yujing_snapshots')
  for (const seq of [800, 900]) await bucket.putBlob({ name: `writer.${seq}` }, Buffer.from(`unsaid ${seq}`))
  expect(await sequences('writer')).toEqual([900, 800])
  expect(await log.snapshots.sequences()).toEqual(new Map())
  await log.snapshots.save('writer', 5, Buffer.from('five'))
  expect(await sequences('writer')).toEqual([5, 900, 800])
  const [, unsaid] = await log.snapshots.candidates('writer')
  expect(Buffer.from((await unsaid?.read()) as Uint8Array).toString()).toBe('unsaid 900')
  await log.snapshots.save('writer', 6, Buffer.from('six'))
  expect(await sequences('writer')).toEqual([6, 5])
  expect(await objects()).toEqual([`writer.${log.epoch}.5`, `writer.${log.epoch}.6`])
})

/** Names of everything in the bucket, sorted. */
async function objects(): Promise<string[]> {
  const bucket = await new Objm(jetstream(await raw())).create('yujing_snapshots')
  return (await bucket.list()).map(({ name }) => name).sort()
}

const connections: NatsConnection[] = []
afterEach(async () => {
  for (const connection of connections.splice(0)) await connection.close()
})

/** A connection to look at the bucket with. */
async function raw(): Promise<NatsConnection> {
  const { url, user, password } = world.nats
  const connection = await connect({ servers: url, user, pass: password })
  connections.push(connection)
  return connection
}
