import type { RegisterHistory, SnapshotStore, WriterHistory } from '../../src/ingest/writer/ports.ts'
import type { ControlEntry } from '../../src/model/control.ts'
import { YujingError } from '../../src/model/errors.ts'
import type { LoggedEvent } from '../../src/model/event.ts'
import type { StoredMessage } from '../../src/model/log-message.ts'
import type { QuarantineEntry } from '../../src/model/quarantine.ts'
import { decodeBatch, type EventHashes } from '../../src/model/row.ts'
import type { MemoryLog } from './memory-log.ts'

/** Snapshots in memory; `damage` tears the newest. */
export class MemorySnapshots implements SnapshotStore {
  readonly kept: { seq: number; bytes: Uint8Array }[] = []

  async save(_name: string, seq: number, bytes: Uint8Array | readonly Uint8Array[]): Promise<void> {
    if (this.kept.some((snapshot) => snapshot.seq >= seq)) return
    this.kept.unshift({ seq, bytes: Uint8Array.from(Buffer.concat(bytes instanceof Uint8Array ? [bytes] : bytes)) })
  }

  async candidates(): Promise<{ seq: number; read(): Promise<Uint8Array> }[]> {
    return this.kept.map(({ seq, bytes }) => ({ seq, read: async () => bytes }))
  }

  damage(): void {
    const bytes = this.kept[0]?.bytes
    if (bytes !== undefined) bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1
  }
}

/** History that has stored everything of its logs, the last of which is the present one; `away` makes it fail. */
export class MemoryHistory implements WriterHistory {
  readonly #logs: MemoryLog[]
  /** Decoded once: a year of history is asked for thousands of times. */
  readonly #decoded = new WeakMap<Uint8Array, (LoggedEvent & EventHashes)[]>()
  away = false
  asked: string[][] = []

  constructor(...logs: MemoryLog[]) {
    this.#logs = logs
  }

  async lookup(idHashes: readonly string[]): Promise<Map<string, string>> {
    this.asked.push([...idHashes])
    if (this.away) throw new YujingError('store.unavailable')
    const wanted = new Set(idHashes)
    const rows = this.#rows().filter((row) => wanted.has(row.idHash))
    return new Map(rows.map((row) => [row.idHash, row.contentHash]))
  }

  async originals(idHashes: readonly string[]): Promise<Map<string, LoggedEvent & EventHashes>> {
    if (this.away) throw new YujingError('store.unavailable')
    return new Map(this.#rows().flatMap((row) => (idHashes.includes(row.idHash) ? [[row.idHash, row] as const] : [])))
  }

  async successors(idHashes: readonly string[]): Promise<Map<string, string | null>> {
    if (this.away) throw new YujingError('store.unavailable')
    const corrections = this.#rows().flatMap(({ idHash, register: { corrects } }) =>
      corrects && idHashes.includes(corrects.of) ? [[corrects, idHash] as const] : [],
    )
    return new Map(corrections.map(([{ of, kind }, idHash]) => [of, kind === 'withdrawn' ? null : idHash]))
  }

  async registerHistory(subjects: readonly string[]): Promise<RegisterHistory> {
    if (this.away) throw new YujingError('store.unavailable')
    const rows = this.#rows()
    const corrected = new Set(rows.map(({ register }) => register.corrects?.of))
    const events = new Map(
      subjects.map((subject) => [subject, rows.filter((row) => row.subject === subject && !corrected.has(row.idHash))]),
    )
    return { upTo: this.#logs.at(-1)?.messages.length ?? 0, events }
  }

  async *rebuild(belowSeq: number): AsyncGenerator<StoredMessage> {
    if (this.away) throw new YujingError('store.unavailable')
    for (const log of this.#logs)
      for (const { seq, kind, payload } of log.messages) {
        if (log === this.#logs.at(-1) && seq >= belowSeq) break
        if (kind === 'rows') yield { seq, kind, events: decodeBatch(payload) }
        else yield { seq, kind, entry: JSON.parse(new TextDecoder().decode(payload)) as ControlEntry }
      }
  }

  #rows(): (LoggedEvent & EventHashes)[] {
    return this.#logs
      .flatMap(({ messages }) => messages)
      .filter(({ kind }) => kind === 'rows')
      .flatMap(({ payload }) => {
        const known = this.#decoded.get(payload) ?? decodeBatch(payload)
        this.#decoded.set(payload, known)
        return known
      })
  }
}

/** What a history knows of corrections in which there are none. */
export const NOTHING_CORRECTED = {
  originals: async () => new Map(),
  successors: async () => new Map(),
  registerHistory: async () => ({ upTo: 0, events: new Map() }),
} as const

export class MemoryQuarantine {
  readonly entries: QuarantineEntry[] = []
  /** How many are still taken before the log is away; the same name counts again. */
  room = Number.POSITIVE_INFINITY
  readonly #names = new Set<string>()

  async put(entry: QuarantineEntry, name: string): Promise<void> {
    if (this.room === 0) throw new YujingError('log.unavailable')
    this.room -= 1
    if (this.#names.has(name)) return
    this.#names.add(name)
    this.entries.push(entry)
  }
}
