import { setTimeout as sleep } from 'node:timers/promises'
import { ERRORS, YujingError } from '../model/errors.ts'
import type { Lane } from '../model/lane.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { IngestBody } from './body.ts'
import type { Door } from './door.ts'
import type { InboxMessage, InboxPort } from './inbox-port.ts'
import type { IngestRights } from './rights.ts'

/** How long a message waits when the door is closed before it is tried again, milliseconds. */
const RETRY_MS = 1_000
/** How often it is said that messages are still being dealt with, milliseconds: the batch lane may keep them waiting long. */
const WORKING_MS = 20_000
/** How often the inboxes are looked through for one that nobody reads yet, milliseconds. */
const LOOK_MS = 5_000

/** What nobody may send: what lies in an inbox whose key is revoked, or that no key was ever made for. */
const NO_RIGHTS: IngestRights = { sources: [], types: [], areas: [], backfill: false, retracts: false }

/**
 * inbox -> door: each source's messages in their order through the very door that requests come through. A message is
 * done only when the log or the quarantine has all of it: what is read twice counts as duplicate. While the door is
 * closed (503) the message is kept and tried again, and the rest waits in the inbox.
 */
export function createInboxReader(options: {
  inboxes: InboxPort
  door: Pick<Door, 'acceptAll'>
  /** Inboxes of the keys in force. */
  names: () => readonly string[]
  /** The key of an inbox, and what it allows at this moment; null when there is none in force. */
  senderOf: (name: string) => { readonly rights: IngestRights; readonly id: string } | null
  logger: Logger
  metrics: Metrics
}) {
  const { inboxes, door, metrics } = options
  const logger = options.logger.child({ step: 'ingest', part: 'inbox' })
  const stopping = new AbortController()
  const { signal } = stopping
  const reading = new Map<string, Promise<void>>()
  let looking = Promise.resolve()

  async function pass(name: string, messages: readonly InboxMessage[], lane: Lane): Promise<void> {
    const { rights, id: sender } = options.senderOf(name) ?? { rights: NO_RIGHTS, id: `inbox ${name}` }
    const bodies = messages.map(bodyOf)
    const working = setInterval(() => {
      for (const message of messages) message.working()
    }, WORKING_MS)
    try {
      for (let tries = 0; !signal.aborted; tries++) {
        try {
          await door.acceptAll(bodies, { rights, sender, lane })
          for (const message of messages) message.done()
          metrics.inboxMessagesTotal.inc(messages.length)
          return
        } catch (error) {
          const isClosed = error instanceof YujingError && ERRORS[error.code].status === 503
          if (!isClosed) logger.error({ err: error, inbox: name }, 'the door failed on messages of an inbox; they wait')
          else if (tries === 0) logger.warn({ inbox: name, code: error.code }, 'the door is closed; an inbox waits')
          await sleep(RETRY_MS, undefined, { signal }).catch(() => {})
        }
      }
    } finally {
      clearInterval(working)
    }
  }

  async function follow(name: string): Promise<void> {
    for await (const group of inboxes.read(name, signal)) {
      for (const { lane, messages } of byLane(group)) await pass(name, messages, lane)
    }
  }

  function begin(name: string): void {
    if (reading.has(name) || signal.aborted) return
    reading.set(
      name,
      follow(name).catch((error: unknown) => logger.error({ err: error, inbox: name }, 'an inbox is read no more')),
    )
  }

  /** An inbox that no key is made for is read as well: what lies there is told in quarantine, not lost after a week. */
  async function look(): Promise<void> {
    while (!signal.aborted) {
      for (const name of options.names()) begin(name)
      try {
        const waiting = await inboxes.waiting()
        let sum = 0
        for (const [name, count] of waiting) {
          begin(name)
          sum += count
        }
        metrics.inboxWaiting.set(sum)
      } catch (error) {
        logger.debug({ err: error }, 'the inboxes cannot be looked through')
      }
      await sleep(LOOK_MS, undefined, { signal }).catch(() => {})
    }
  }

  return {
    start() {
      looking = look()
    },
    /** A key was made: its inbox is read at once. */
    changed() {
      for (const name of options.names()) begin(name)
    },
    async stop() {
      stopping.abort()
      await looking
      await Promise.all(reading.values())
      metrics.inboxWaiting.reset()
    },
  }
}

/** Stretches of a group that ask for the same lane: the order stays. */
function byLane(group: readonly InboxMessage[]): { readonly lane: Lane; readonly messages: InboxMessage[] }[] {
  const stretches: { lane: Lane; messages: InboxMessage[] }[] = []
  for (const message of group) {
    const lane = message.path[0] === 'batch' ? 'batch' : 'live'
    const last = stretches.at(-1)
    if (last?.lane === lane) last.messages.push(message)
    else stretches.push({ lane, messages: [message] })
  }
  return stretches
}

/**
 * The binding of CloudEvents to NATS: the attributes in `ce-*` headers and the data as payload, or the event in the JSON
 * format, which is also meant where no header says anything.
 */
function bodyOf({ headers, data }: InboxMessage): IngestBody {
  const isBinary = headers['ce-specversion'] !== undefined || headers['ce-type'] !== undefined
  const said = headers['content-type'] ?? (isBinary ? headers['ce-datacontenttype'] : undefined)
  return {
    contentType: said ?? (isBinary ? 'application/json' : 'application/cloudevents+json'),
    contentEncoding: headers['content-encoding'],
    headers,
    body: Buffer.from(data.buffer, data.byteOffset, data.byteLength),
  }
}
