import type { EventIdHistory, SnapshotStore } from '../../src/ingest/writer/ports.ts'
import { YujingError } from '../../src/model/errors.ts'
import type { LoggedEvent } from '../../src/model/event.ts'
import type { QuarantineEntry } from '../../src/model/quarantine.ts'
import { decodeBatch, type EventHashes } from '../../src/model/row.ts'
import type { MemoryLog } from './memory-log.ts'

/** Snapshots in memory; `damage` tears the newest. */
export class MemorySnapshots implements SnapshotStore {
  readonly kept: { seq: number; bytes: Uint8Array }[] = []

  async save(_name: string, seq: number, bytes: Uint8Array): Promise<void> {
    if (this.kept.some((snapshot) => snapshot.seq >= seq)) return
    this.kept.unshift({ seq, bytes: Uint8Array.from(bytes) })
  }

  async candidates(): Promise<{ seq: number; read(): Promise<Uint8Array> }[]> {
    return this.kept.map(({ seq, bytes }) => ({ seq, read: async () => bytes }))
  }

  damage(): void {
    const bytes = this.kept[0]?.bytes
    if (bytes !== undefined) bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1
  }
}

/** History that has stored everything of a log; `away` makes it fail. */
export class MemoryHistory implements EventIdHistory {
  readonly #log: MemoryLog
  away = false
  asked: string[][] = []

  constructor(log: MemoryLog) {
    this.#log = log
  }

  async lookup(idHashes: readonly string[]): Promise<Map<string, string>> {
    this.asked.push([...idHashes])
    if (this.away) throw new YujingError('store.unavailable')
    const wanted = new Set(idHashes)
    const rows = this.#rows(Number.POSITIVE_INFINITY).filter((row) => wanted.has(row.idHash))
    return new Map(rows.map((row) => [row.idHash, row.contentHash]))
  }

  async *rebuild(belowSeq: number): AsyncGenerator<(LoggedEvent & EventHashes)[]> {
    if (this.away) throw new YujingError('store.unavailable')
    yield this.#rows(belowSeq)
  }

  #rows(belowSeq: number): (LoggedEvent & EventHashes)[] {
    return this.#log.messages
      .filter(({ kind, seq }) => kind === 'rows' && seq < belowSeq)
      .flatMap(({ payload }) => decodeBatch(payload))
  }
}

export class MemoryQuarantine {
  readonly entries: QuarantineEntry[] = []

  async put(entry: QuarantineEntry): Promise<void> {
    this.entries.push(entry)
  }
}
