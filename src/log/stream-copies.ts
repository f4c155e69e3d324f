import type { StreamConfig, StreamState } from '@nats-io/jetstream'
import { jetstreamManager } from '@nats-io/jetstream'
import { createInbox, type NatsConnection } from '@nats-io/nats-core'
import { connect } from '@nats-io/transport-node'
import { withDeadline } from '../telemetry/deadline.ts'

/** A stream as the server gave it out: what it needs to be made again. */
export interface StreamCopy {
  readonly name: string
  readonly config: StreamConfig
  /** Of the moment in which the copy began: `last_seq` is surely in it, what came meanwhile may be. */
  readonly state: StreamState
}

/** Whole streams out of a server and into one, byte by byte, sequences and all. */
export interface StreamCopies {
  /** Names of the service's streams that are there: of the log, the key-value buckets, the object store. */
  names(): Promise<string[]>
  /** Bytes that a stream takes, about those of its copy. */
  bytes(name: string): Promise<number>
  /** Gives the copy out in pieces; the server waits while `write` does. Rejects when the copy breaks off. */
  save(name: string, write: (piece: Uint8Array) => Promise<void>): Promise<StreamCopy>
  /** Makes a stream from its copy; rejects when one of this name is there, or the server finds the copy damaged. */
  restore(copy: StreamCopy, pieces: AsyncIterable<Uint8Array>): Promise<void>
  close(): Promise<void>
}

const OWN = /^(YUJING_|KV_yujing_|OBJ_yujing_)/
const PIECE_BYTES = 256 * 1024
/** Longest silence of the server within a copy, milliseconds. */
const SILENCE_MS = 30_000

/** Connects for copying alone: unlike `connectLog` it creates nothing. */
export async function connectStreamCopies(o: { url: string; user: string; password: string }): Promise<StreamCopies> {
  const connection = await connect({
    servers: o.url,
    ...(o.user !== '' && { user: o.user, pass: o.password }),
    name: 'yujing copies',
    maxReconnectAttempts: 0,
  })
  const manager = await jetstreamManager(connection)

  return {
    async names() {
      const found: string[] = []
      for await (const { config } of manager.streams.list()) if (OWN.test(config.name)) found.push(config.name)
      return found
    },
    async bytes(name) {
      return (await manager.streams.info(name)).state.bytes
    },
    save: (name, write) => saveStream(connection, name, write),
    restore: (copy, pieces) => restoreStream(connection, copy, pieces),
    close: () => connection.close(),
  }
}

/**
 * The server's own protocol (`$JS.API.STREAM.SNAPSHOT`): pieces come to a subject of ours, each is acknowledged once it
 * is written, an empty one ends the copy.
 */
async function saveStream(
  connection: NatsConnection,
  name: string,
  write: (piece: Uint8Array) => Promise<void>,
): Promise<StreamCopy> {
  const subject = createInbox()
  const pieces = connection.subscribe(subject)
  try {
    const request = { deliver_subject: subject, no_consumers: true, chunk_size: PIECE_BYTES }
    const { config, state } = await ask<{ config: StreamConfig; state: StreamState }>(
      connection,
      `$JS.API.STREAM.SNAPSHOT.${name}`,
      JSON.stringify(request),
    )
    const coming = pieces[Symbol.asyncIterator]()
    for (;;) {
      const next = await withDeadline(coming.next(), SILENCE_MS, () => new Error(`the copy of ${name} broke off`))
      if (next.done) throw new Error(`the copy of ${name} broke off`)
      const piece = next.value
      if (piece.data.length === 0) {
        if (piece.headers && piece.headers.code >= 400) throw new Error(`the copy of ${name}: ${piece.headers.status}`)
        return { name, config, state }
      }
      await write(piece.data)
      piece.respond()
    }
  } finally {
    pieces.unsubscribe()
  }
}

/** The same the other way: every piece is a request, answered when the server has it; an empty one ends it. */
async function restoreStream(
  connection: NatsConnection,
  { name, config, state }: StreamCopy,
  pieces: AsyncIterable<Uint8Array>,
): Promise<void> {
  const begun = await ask<{ deliver_subject: string }>(
    connection,
    `$JS.API.STREAM.RESTORE.${name}`,
    JSON.stringify({ config, state }),
  )
  for await (const bytes of pieces)
    for (let at = 0; at < bytes.length; at += PIECE_BYTES)
      await ask(connection, begun.deliver_subject, bytes.subarray(at, at + PIECE_BYTES))
  await ask(connection, begun.deliver_subject, new Uint8Array())
}

/** Asks the server; its refusal becomes an error with its words. */
async function ask<T>(connection: NatsConnection, subject: string, payload: string | Uint8Array): Promise<T> {
  const answer = await connection.request(subject, payload, { timeout: SILENCE_MS })
  if (answer.data.length === 0) return {} as T
  const told = answer.json<T & { error?: { description?: string; code?: number } }>()
  if (told.error) throw new Error(`nats-server: ${told.error.description ?? `code ${told.error.code}`}`)
  return told
}
