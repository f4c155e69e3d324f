import { setTimeout as sleep } from 'node:timers/promises'
import type { JsMsg } from '@nats-io/jetstream'
import { YujingError } from '../model/errors.ts'
import { asLogFailure } from './failures.ts'
import type { LogParts } from './log-parts.ts'

/** What to read, and until when. */
export interface OrderedRead {
  readonly stream: string
  /** First sequence wanted, at least 1. */
  readonly from: number
  readonly signal: AbortSignal
  /** Messages asked for ahead of the reader. */
  readonly ahead: number
}

const HEARTBEAT_MS = 5_000
const PULL_MS = 30_000
const RETRY_MS = 250

/**
 * The messages of a stream from a sequence on, in order, each once, without end: past a lost connection or a restarted
 * server it goes on behind the last message that was handed out. Ends when aborted; throws once the connection is closed
 * for good.
 */
export async function* readOrdered(parts: LogParts, read: OrderedRead): AsyncGenerator<JsMsg> {
  const { state, logger } = parts
  const { stream, signal } = read
  let next = read.from
  while (!signal.aborted) {
    try {
      for await (const message of consumeFrom(parts, read, next)) {
        if (signal.aborted) return
        if (message.seq < next) continue
        next = message.seq + 1
        yield message
      }
    } catch (error) {
      if (signal.aborted) return
      if (state.closed()) throw asLogFailure(error)
      if (state.connected())
        logger.warn({ err: error, stream, next }, 'reading broke off; it goes on at the next message')
    }
    if (state.closed()) throw new YujingError('log.unavailable')
    await sleep(RETRY_MS, undefined, { signal }).catch(() => {})
  }
}

/**
 * One ordered consumer: the library recreates it after a gap. A reconnect ends the iteration, because a restarted server
 * has forgotten the consumer and the library takes 10 s to find out.
 */
async function* consumeFrom(parts: LogParts, read: OrderedRead, from: number): AsyncGenerator<JsMsg> {
  const { jetstream, state } = parts
  const consumer = await state.ask(() => jetstream.consumers.get(read.stream, { opt_start_seq: from }))
  const messages = await consumer.consume({
    max_messages: read.ahead,
    expires: PULL_MS,
    idle_heartbeat: HEARTBEAT_MS,
  })
  const stop = () => messages.stop()
  const forget = state.onReconnect(stop)
  read.signal.addEventListener('abort', stop)
  if (read.signal.aborted) stop()
  try {
    yield* messages
  } finally {
    forget()
    read.signal.removeEventListener('abort', stop)
    stop()
    // Left alone the server forgets it after five minutes; on a broken connection that must do.
    consumer.delete().catch(() => {})
  }
}
