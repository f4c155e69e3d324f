import { setTimeout as sleep } from 'node:timers/promises'
import { AckPolicy, DeliverPolicy, type JsMsg } from '@nats-io/jetstream'
import { nanos } from '@nats-io/nats-core'
import type { LogParts } from './log-parts.ts'
import { INBOX } from './streams.ts'

/** What a source published, as it is read. */
export interface InboxMessage {
  /** Subject tokens behind the name of the inbox. */
  readonly path: readonly string[]
  /** Names in lower case; of several values the first. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly data: Uint8Array
  /** It is dealt with; after that nobody gets it again. */
  done(): void
  /** It is still being dealt with: must be said more often than each half minute. */
  working(): void
}

/** Messages that wait in inboxes, at most seven days. */
export interface Inboxes {
  /** Names of the inboxes in which something waits. */
  waiting(): Promise<ReadonlyMap<string, number>>
  /**
   * What waits in one inbox, from the oldest on in groups as they come, without end; ends when aborted. At least once: what
   * was not done when a reader ended, or a connection broke, the next one gets first. One reader at a time.
   */
  read(name: string, signal: AbortSignal): AsyncIterable<readonly InboxMessage[]>
}

/** Most messages and bytes handed out at a time. */
const GROUP = { messages: 256, bytes: 4 * 1024 * 1024 } as const
const ACK_WAIT_MS = 60_000
const PULL_MS = 30_000
const HEARTBEAT_MS = 5_000
const RETRY_MS = 500

const consumerOf = (name: string) => `inbox-${name}`

/** The inboxes over a connection whose streams exist. */
export function createInboxes(parts: LogParts): Inboxes {
  const { manager, jetstream, state, logger } = parts

  /** A consumer anew: it begins with what nobody has dealt with, in order, without waiting for the one before. */
  async function begin(name: string): Promise<void> {
    await state.ask(() => manager.consumers.delete(INBOX, consumerOf(name))).catch(() => {})
    await state.ask(() =>
      manager.consumers.add(INBOX, {
        durable_name: consumerOf(name),
        filter_subject: `yujing.inbox.${name}.>`,
        ack_policy: AckPolicy.Explicit,
        deliver_policy: DeliverPolicy.All,
        ack_wait: nanos(ACK_WAIT_MS),
        max_ack_pending: 8 * GROUP.messages,
      }),
    )
  }

  async function* readOnce(name: string, signal: AbortSignal): AsyncGenerator<readonly InboxMessage[]> {
    await begin(name)
    const consumer = await state.ask(() => jetstream.consumers.get(INBOX, consumerOf(name)))
    const messages = await consumer.consume({
      // Bounds what lies here unread; the library takes no bound of messages besides.
      max_bytes: GROUP.bytes,
      expires: PULL_MS,
      idle_heartbeat: HEARTBEAT_MS,
    })
    const stop = () => messages.stop()
    const forget = state.onReconnect(stop)
    signal.addEventListener('abort', stop)
    if (signal.aborted) stop()
    try {
      for await (const group of grouped(messages, GROUP)) if (!signal.aborted) yield group.map(toInboxMessage)
    } finally {
      forget()
      signal.removeEventListener('abort', stop)
      stop()
    }
  }

  return {
    async waiting() {
      const info = await state.ask(() => manager.streams.info(INBOX, { subjects_filter: 'yujing.inbox.>' }))
      const names = new Map<string, number>()
      for (const [subject, count] of Object.entries(info.state.subjects ?? {})) {
        const name = subject.split('.')[2] ?? ''
        names.set(name, (names.get(name) ?? 0) + count)
      }
      return names
    },
    async *read(name, signal) {
      while (!signal.aborted) {
        try {
          yield* readOnce(name, signal)
        } catch (error) {
          if (state.connected()) logger.warn({ err: error, inbox: name }, 'reading an inbox broke off; it begins anew')
        }
        if (!signal.aborted) await sleep(RETRY_MS, undefined, { signal }).catch(() => {})
      }
    },
  }
}

/** What has come together: a group is handed out as soon as somebody asks, and is never more than the bounds. */
async function* grouped(
  messages: AsyncIterable<JsMsg>,
  most: { readonly messages: number; readonly bytes: number },
): AsyncGenerator<JsMsg[]> {
  let group: JsMsg[] = []
  let bytes = 0
  let isOver = false
  let told = () => {}
  let taken = () => {}
  const whenTold = () => new Promise<void>((resolve) => (told = resolve))
  const whenTaken = () => new Promise<void>((resolve) => (taken = resolve))

  async function gather(): Promise<void> {
    for await (const message of messages) {
      group.push(message)
      bytes += message.data.length
      told()
      if (group.length >= most.messages || bytes >= most.bytes) await whenTaken()
    }
  }
  const gathering = gather().finally(() => {
    isOver = true
    told()
  })
  gathering.catch(() => {})
  try {
    for (;;) {
      if (group.length === 0 && !isOver) await whenTold()
      const full = group
      group = []
      bytes = 0
      taken()
      if (full.length > 0) yield full
      else if (isOver) return await gathering
    }
  } finally {
    taken()
  }
}

function toInboxMessage(message: JsMsg): InboxMessage {
  const headers: Record<string, string> = {}
  for (const key of message.headers?.keys() ?? []) headers[key.toLowerCase()] ??= message.headers?.get(key) ?? ''
  return {
    path: message.subject.split('.').slice(3),
    headers,
    data: message.data,
    done: () => message.ack(),
    working: () => message.working(),
  }
}
