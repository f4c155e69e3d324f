import { randomBytes } from 'node:crypto'
import { jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/nats-core'
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
