import type { QuarantineEntry } from '../model/quarantine.ts'
import type { LogParts } from './log-parts.ts'
import { readOrdered } from './ordered-reader.ts'
import { QUARANTINE } from './streams.ts'

/** A refused event and its number in quarantine. */
export interface Quarantined {
  readonly seq: number
  readonly entry: QuarantineEntry
}

/** Refused events, kept for 30 days; their payload arrives sealed. */
export interface QuarantineLog {
  /**
   * Resolves once the server has it; throws `log.unavailable`. Under the same name again within two minutes it is
   * no second entry.
   */
  put(entry: QuarantineEntry, name: string): Promise<void>
  /** Every entry from a number on that is still there, in order, without end; ends when aborted. */
  read(fromSeq: number, signal: AbortSignal): AsyncIterable<Quarantined>
  /**
   * The newest entries with a lower number than `below` (null: of all) that match, newest first, at most `most`. `next`
   * is the number below which to go on, null when there are none; a page may be short, or empty, and have one: of very
   * many entries only some are looked at a call.
   */
  newest(
    below: number | null,
    most: number,
    matches: (found: Quarantined) => boolean,
  ): Promise<{ readonly found: readonly Quarantined[]; readonly next: number | null }>
  /** One entry, or null when it is not there (any more). */
  get(seq: number): Promise<QuarantineEntry | null>
}

const PUT_TIMEOUT_MS = 5_000
const READ_AHEAD = 200
/** Entries read at a time going backwards, and looked at in one call. */
const STRETCH = 500
const MOST_LOOKED_AT = 20_000

/** The quarantine over a connection whose streams exist. */
export function createQuarantineLog(parts: LogParts): QuarantineLog {
  const { jetstream, manager, state } = parts

  /** Entries `from` to `to`, both inclusive, of which `to` is there. */
  async function between(from: number, to: number): Promise<Quarantined[]> {
    const found: Quarantined[] = []
    const reading = new AbortController()
    const read = { stream: QUARANTINE, from, signal: reading.signal, ahead: READ_AHEAD }
    for await (const message of readOrdered(parts, read)) {
      if (message.seq <= to) found.push({ seq: message.seq, entry: message.json<QuarantineEntry>() })
      if (message.seq >= to) break
    }
    reading.abort()
    return found
  }

  return {
    async newest(below, most, matches) {
      const { first_seq, last_seq } = (await state.ask(() => manager.streams.info(QUARANTINE))).state
      const found: Quarantined[] = []
      let to = Math.min(last_seq, below === null ? last_seq : below - 1)
      for (let looked = 0; to >= first_seq && to > 0 && looked < MOST_LOOKED_AT; looked += STRETCH) {
        const from = Math.max(first_seq, to - STRETCH + 1)
        for (const one of (await between(from, to)).reverse()) {
          to = one.seq - 1
          if (matches(one) && found.push(one) === most) return { found, next: to < first_seq ? null : one.seq }
        }
        to = from - 1
      }
      return { found, next: to < first_seq || to <= 0 ? null : to + 1 }
    },
    async put(entry, name) {
      const options = { timeout: PUT_TIMEOUT_MS, msgID: name }
      await state.ask(() => jetstream.publish(`yujing.quarantine.${entry.code}`, JSON.stringify(entry), options))
    },
    async *read(fromSeq, signal) {
      const read = { stream: QUARANTINE, from: fromSeq, signal, ahead: READ_AHEAD }
      for await (const message of readOrdered(parts, read))
        yield { seq: message.seq, entry: message.json<QuarantineEntry>() }
    },
    async get(seq) {
      const message = await state.ask(() => manager.streams.getMessage(QUARANTINE, { seq }))
      return message?.json<QuarantineEntry>() ?? null
    },
  }
}
