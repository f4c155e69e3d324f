import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { appendAll, type LogWorld, message, startLogWorld } from './log-world.ts'

let world: LogWorld
beforeEach(async () => {
  world = await startLogWorld()
})
afterEach(() => world.end())

test('a server that comes back without what it had acknowledged is noticed, and nothing is built on it', {
  timeout: 30_000,
}, async () => {
  const log = await world.connect()
  await appendAll(log, 1, 20)
  // The stream as a disk would leave it that lost its end: the same name, fewer messages.
  const { url, user, password } = world.nats
  const other = await connect({ servers: url, user, pass: password })
  const manager = await jetstreamManager(other)
  const { config } = await manager.streams.info('YUJING_EVENTS')
  await manager.streams.delete('YUJING_EVENTS')
  await manager.streams.add(config)
  await other.close()
  expect(log.healthy()).toBe(true)
  await world.nats.restart()
  await expect.poll(() => log.events.intact()).toBe(false)
  expect(log.healthy()).toBe(false)
  await expect(log.events.append(message(log, 1, { begins: true }))).rejects.toThrow('lost messages 1 to 20')
})
