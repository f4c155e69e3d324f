import { AckPolicy, DeliverPolicy } from '@nats-io/jetstream'
import { headers } from '@nats-io/nats-core'
import { EXPORT_CONSUMERS, exportConsumer } from '../model/export-access.ts'
import type { Bucket } from './bucket.ts'
import type { LogParts } from './log-parts.ts'
import { EXPORT } from './streams.ts'

/** Up to which event of which log everything is exported. */
export interface ExportPlace {
  readonly epoch: string
  readonly seq: number
  /** Null: all of the message. */
  readonly index: number | null
}

/** One event for others. */
export interface ExportMessage {
  readonly type: string
  /** Its place in the log, `<epoch>-<seq>-<index>`. */
  readonly msgId: string
  readonly payload: string
}

/** Who reads: a user of NATS, and the types it may have; families end with `.*`. */
export interface ExportReader {
  readonly name: string
  readonly types: readonly string[] | 'all'
}

/** Events on their way to others, kept for a week and at most a share of the log: then the oldest go. */
export interface ExportLog {
  /** Where whoever goes on begins behind; null: nothing was exported yet. */
  place(): Promise<ExportPlace | null>
  /** Says that everything up to here is exported. */
  keepPlace(place: ExportPlace): Promise<void>
  /**
   * Resolves once the server has all of them, in order and without a gap. Rejects when another one exports, or the log
   * cannot be reached: begin again behind `place`, which knows what arrived all the same.
   */
  publish(messages: readonly ExportMessage[]): Promise<void>
  /** Keeps a place for each of these readers, from their first mention on, and forgets the others'. */
  keepReaders(readers: readonly ExportReader[]): Promise<void>
}

const KEY = 'export.place'
const PUBLISH_TIMEOUT_MS = 5_000
/** Messages under way at a time. */
const WINDOW = 256
/** Messages that a reader may have without having said that it is done with them. */
const MOST_UNDONE = 1_000
const CONTENT_TYPE = 'application/cloudevents+json'

/** The export over a connection whose streams exist. */
export function createExportLog(parts: LogParts, places: Bucket<ExportPlace>): ExportLog {
  const { jetstream, manager, state } = parts
  let last: number | null = null

  async function publish(messages: readonly ExportMessage[]): Promise<void> {
    last ??= (await state.ask(() => manager.streams.info(EXPORT))).state.last_seq
    for (let at = 0; at < messages.length; at += WINDOW) {
      const window = messages.slice(at, at + WINDOW)
      const begin: number = last
      // Each names the number of its predecessor, so that after one failed all that follow fail too.
      const answers = await Promise.allSettled(
        window.map(({ type, msgId, payload }, index) => {
          const set = headers()
          set.set('content-type', CONTENT_TYPE)
          const expect = { lastSequence: begin + index }
          const options = { msgID: msgId, headers: set, expect, timeout: PUBLISH_TIMEOUT_MS }
          return state.ask(() => jetstream.publish(`yujing.export.${type}`, payload, options))
        }),
      )
      const failed = answers.find((answer) => answer.status === 'rejected')
      if (failed !== undefined) {
        last = null
        throw failed.reason
      }
      last = begin + window.length
    }
  }

  return {
    async place() {
      const kept = (await places.get(KEY))?.value ?? null
      const said = await lastSaid()
      if (said === null || (kept !== null && kept.epoch !== said.epoch)) return kept
      return kept === null || said.seq > kept.seq ? said : kept
    },
    async keepPlace(place) {
      await places.put(KEY, place)
    },
    publish,
    async keepReaders(readers) {
      const wanted = new Map<string, string>()
      for (const { name, types } of readers) {
        for (const type of types === 'all' ? (['all'] as const) : types) {
          wanted.set(exportConsumer(name, type), `yujing.export.${type === 'all' ? '>' : type}`)
        }
      }
      const known = new Set<string>()
      for await (const { name } of manager.consumers.list(EXPORT))
        if (name.startsWith(EXPORT_CONSUMERS)) known.add(name)
      for (const name of known) if (!wanted.has(name)) await state.ask(() => manager.consumers.delete(EXPORT, name))
      for (const [name, filter] of wanted) {
        if (known.has(name)) continue
        const config = {
          durable_name: name,
          filter_subject: filter,
          ack_policy: AckPolicy.Explicit,
          deliver_policy: DeliverPolicy.New,
          max_ack_pending: MOST_UNDONE,
        }
        await state.ask(() => manager.consumers.add(EXPORT, config))
      }
    },
  }

  /** The event that was published last: of its message some may be missing. */
  async function lastSaid(): Promise<ExportPlace | null> {
    const { last_seq, messages } = (await state.ask(() => manager.streams.info(EXPORT))).state
    if (messages === 0) return null
    const message = await state.ask(() => manager.streams.getMessage(EXPORT, { seq: last_seq }))
    const [epoch, seq, index] = message?.header.get('Nats-Msg-Id').split('-') ?? []
    return epoch === undefined ? null : { epoch, seq: Number(seq), index: Number(index) }
  }
}
