import { afterEach, describe, expect, it, vi } from 'vitest'
import type { AppendLog, SnapshotStore, WriterHistory } from '../../src/ingest/writer/ports.ts'
import { createWriter } from '../../src/ingest/writer/writer.ts'
import { connectLog } from '../../src/log/connection.ts'
import type { LogMessage } from '../../src/model/log-message.ts'
import { decodeBatch } from '../../src/model/row.ts'
import { silentLogger } from '../../src/telemetry/logger.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { MemoryLog } from '../support/memory-log.ts'
import { MemorySnapshots, NOTHING_CORRECTED } from '../support/memory-stores.ts'
import { startTestNats } from '../support/nats.ts'
import { byHand, canonical, TestClock, type TestWriter } from './setting.ts'

/** Where writers run: each has its own connection to one log. */
interface Place {
  connect(): Promise<{ log: AppendLog; snapshots: SnapshotStore; onReconnect: (listener: () => void) => () => void }>
  /** Ends the server the hard way and brings it back. */
  restart(): Promise<void>
  close(): Promise<void>
}

async function memoryPlace(): Promise<Place> {
  const log = new MemoryLog()
  const snapshots = new MemorySnapshots()
  return {
    connect: async () => ({ log: log.connect(), snapshots, onReconnect: log.onReconnect }),
    restart: async () => log.restart(),
    close: async () => {},
  }
}

async function natsPlace(): Promise<Place> {
  const server = await startTestNats()
  const connections: Awaited<ReturnType<typeof connectLog>>[] = []
  return {
    async connect() {
      const { url, user, password } = server
      const limits = { logger: silentLogger(), maxBytes: 256 * 1024 * 1024, name: 'test' }
      const connection = await connectLog({ url, user, password, ...limits })
      connections.push(connection)
      const { events, snapshots } = connection
      return { log: events, snapshots, onReconnect: (listener) => connection.onReconnect(() => listener()) }
    },
    restart: () => server.restart(),
    async close() {
      for (const connection of connections) await connection.close()
      await server.stop()
    },
  }
}

const history: WriterHistory = {
  lookup: async () => new Map(),
  ...NOTHING_CORRECTED,
  rebuild: async function* () {},
}

async function readAll(log: AppendLog): Promise<LogMessage[]> {
  const last = await log.last()
  const messages: LogMessage[] = []
  const reading = new AbortController()
  for await (const message of log.read(1, reading.signal)) {
    messages.push(message)
    if (message.seq >= last) break
  }
  reading.abort()
  return messages
}

describe.each([
  ['in memory', memoryPlace],
  ['on nats-server', natsPlace],
])('a writer %s', (_, open) => {
  const closing: (() => Promise<void>)[] = []

  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close()
  })

  async function place(): Promise<Place> {
    const opened = await open()
    closing.push(() => opened.close())
    return opened
  }

  async function writerAt(
    at: Place,
    onSuperseded: (error: Error) => void = () => {},
  ): Promise<{ writer: TestWriter; log: AppendLog }> {
    const connection = await at.connect()
    const clock = new TestClock().guarded
    const common = { history, clock, logger: silentLogger(), metrics: createMetrics(), instance: 'test', onSuperseded }
    const writer = byHand(createWriter({ ...connection, ...common }))
    await writer.start()
    closing.push(() => writer.stop())
    return { writer, log: connection.log }
  }

  it('stores each event once, in order, at the positions it gave', async () => {
    const { writer, log } = await writerAt(await place())
    const events = Array.from({ length: 2_300 }, () => canonical())
    const calls = [events.slice(0, 1_500), events.slice(1_200, 2_300), events.slice(0, 10)]
    const outcomes = await Promise.all(calls.map((call) => writer.append(call)))
    const count = (kind: string): number => outcomes.flat().filter((outcome) => outcome.kind === kind).length
    expect([count('stored'), count('duplicate')]).toEqual([2_300, 310])
    const messages = await readAll(log)
    const logged = messages.filter(({ kind }) => kind === 'rows').flatMap(({ payload }) => decodeBatch(payload))
    expect(logged.map(({ id }) => id)).toEqual(events.map(({ id }) => id))
    const given = outcomes.flat().flatMap((outcome) => (outcome.kind === 'stored' ? [outcome.position] : []))
    expect(logged.map(({ position }) => position)).toEqual(given)
    for (const message of messages) {
      if (message.kind === 'rows') expect(decodeBatch(message.payload)[0]?.position.seq).toBe(message.seq)
    }
  })

  it('goes on after the server was killed, and counts what had arrived as duplicates', async () => {
    const at = await place()
    const { writer, log } = await writerAt(at)
    const events = Array.from({ length: 600 }, () => canonical())
    const sending = (async () => {
      for (let from = 0; from < events.length; from += 20) {
        const call = events.slice(from, from + 20)
        await vi.waitFor(async () => expect(await writer.append(call)).toHaveLength(20), {
          timeout: 120_000,
          interval: 20,
        })
        if (from === 200) await at.restart()
      }
    })()
    await sending
    expect((await writer.append(events)).every(({ kind }) => kind === 'duplicate')).toBe(true)
    const logged = (await readAll(log))
      .filter(({ kind }) => kind === 'rows')
      .flatMap(({ payload }) => decodeBatch(payload))
    expect(logged.map(({ id }) => id)).toEqual(events.map(({ id }) => id))
  })

  it('is the only one: a second takes over, the first stops', async () => {
    const at = await place()
    const superseded = vi.fn()
    const first = await writerAt(at, superseded)
    const event = canonical()
    await first.writer.append([event])
    const second = await writerAt(at)
    await expect(first.writer.append([canonical({ id: 'lost' })])).rejects.toMatchObject({ code: 'log.unavailable' })
    expect(superseded).toHaveBeenCalledOnce()
    expect(await second.writer.append([event, canonical({ id: 'lost' })])).toMatchObject([
      { kind: 'duplicate' },
      { kind: 'stored' },
    ])
  })

  it('starts again from its snapshot and the log', async () => {
    const at = await place()
    const first = await writerAt(at)
    const events = Array.from({ length: 1_200 }, () => canonical())
    await first.writer.append(events.slice(0, 700))
    await first.writer.stop()
    expect(first.writer.snapshotSeq()).toBeGreaterThan(0)
    const second = await writerAt(at)
    await second.writer.append(events.slice(600))
    const third = await writerAt(at)
    expect((await third.writer.append(events)).every(({ kind }) => kind === 'duplicate')).toBe(true)
  })
})
