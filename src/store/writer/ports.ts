import type { LogMessage } from '../../model/log-message.ts'
import type { Position } from '../../model/position.ts'

/**
 * The log as the store reads it: every message from `fromSeq` on, in order, none skipped, without end, by itself again
 * after a reconnect; ends when the signal is aborted, throws when a message is missing. `last` is the highest sequence.
 */
export interface StoreLog {
  readonly epoch: string
  last(): Promise<number>
  read(fromSeq: number, signal: AbortSignal): AsyncIterable<LogMessage>
}

/** How far the store is, as kept outside of it. Sequences count within `epoch`. */
export interface StoreProgress {
  readonly epoch: string
  /** Who wrote this; minted anew by each writer. */
  readonly writer: string
  /** Everything up to here is in ClickHouse; 0: nothing yet. */
  readonly storedSeq: number
  /** The batch that may have been sent but is not known to have arrived, both ends inclusive. */
  readonly open: { readonly fromSeq: number; readonly toSeq: number } | null
}

/**
 * Where progress is kept, durably. `create` and `update` reject with `RevisionConflict` when the key has a value, or is
 * not at that revision: another writer is at work.
 */
export interface IntentStore {
  get(key: string): Promise<{ readonly value: StoreProgress; readonly revision: number } | null>
  create(key: string, value: StoreProgress): Promise<number>
  update(key: string, value: StoreProgress, revision: number): Promise<number>
}

/** A row that ClickHouse does not take: the text as it stands in the log, where every person is a pseudonym already. */
export interface RefusedRow {
  /** `index` counts the rows of the message, -1 for a control entry. */
  readonly position: Position
  readonly reason: string
  readonly row: string
}

/** Where such rows wait. Resolves once it is durable; the same row may be put again after a crash. */
export interface RowQuarantine {
  put(row: RefusedRow): Promise<void>
}
