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
  /** One entry, or null when it is not there (any more). */
  get(seq: number): Promise<QuarantineEntry | null>
}

const PUT_TIMEOUT_MS = 5_000
const READ_AHEAD = 200

/** The quarantine over a connection whose streams exist. */
export function createQuarantineLog(parts: LogParts): QuarantineLog {
  const { jetstream, manager, state } = parts
  return {
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
