import { connectLog, type LogConnection } from '../../src/log/connection.ts'
import type { Append } from '../../src/log/event-log.ts'
import { silentLogger } from '../../src/telemetry/logger.ts'
import { startTestNats, type TestNats } from '../support/nats.ts'

/** A server of its own and connections to it. */
export interface LogWorld {
  readonly nats: TestNats
  connect(o?: { maxBytes?: number; name?: string }): Promise<LogConnection>
  end(): Promise<void>
}

export const MEBIBYTE = 1024 ** 2

export async function startLogWorld(): Promise<LogWorld> {
  const nats = await startTestNats()
  const connections: LogConnection[] = []
  return {
    nats,
    async connect({ maxBytes = 64 * MEBIBYTE, name = 'test' } = {}) {
      const { url, user, password } = nats
      const connection = await connectLog({ url, user, password, logger: silentLogger(), maxBytes, name })
      connections.push(connection)
      return connection
    },
    async end() {
      for (const connection of connections) await connection.close()
      await nats.stop()
    },
  }
}

/** Message `seq` of a writer: the first of a chain by sequence, the others by the id of the one before. */
export function message(log: LogConnection, seq: number, o: { text?: string; begins?: boolean } = {}): Append {
  return {
    kind: 'rows',
    payload: new TextEncoder().encode(o.text ?? `batch ${seq}`),
    msgId: `${log.epoch}-${seq}`,
    count: 1,
    ...(o.begins ? { expectedLastSeq: seq - 1 } : { expectedLastMsgId: `${log.epoch}-${seq - 1}` }),
  }
}

/** Appends messages `from` to `to` (inclusive) in one pipeline that begins a chain. */
export async function appendAll(log: LogConnection, from: number, to: number): Promise<number[]> {
  const sent: Promise<number>[] = []
  for (let seq = from; seq <= to; seq++) sent.push(log.events.append(message(log, seq, { begins: seq === from })))
  return await Promise.all(sent)
}

/** The first `count` items. */
export async function take<T>(items: AsyncIterable<T>, count: number): Promise<T[]> {
  const taken: T[] = []
  for await (const item of items) {
    taken.push(item)
    if (taken.length === count) break
  }
  return taken
}

export function textOf(payload: Uint8Array): string {
  return new TextDecoder().decode(payload)
}
