import type { LoggedEvent } from '../../model/event.ts'
import type { LogMessage, StoredMessage } from '../../model/log-message.ts'
import type { EventHashes } from '../../model/row.ts'

/** One message to append. */
export interface Append {
  readonly kind: 'rows' | 'control'
  readonly payload: Uint8Array
  /** `<epoch>-<seq>`; the log makes it unique to this chain of appends. */
  readonly msgId: string
  /** Rows in the payload. */
  readonly count: number
  /** The append fails unless this was the Msg-Id of the message before. */
  readonly expectedLastMsgId?: string
  /** The append fails unless this is the log's last sequence. */
  readonly expectedLastSeq?: number
}

/**
 * The log as its only writer sees it. `append` resolves with the sequence once the message is durable; it rejects with
 * `AppendSuperseded` when what was expected is not so or the Msg-Id is there already, with YujingError `log.full` when
 * the log certainly has not taken it, and with `log.unavailable` when nobody knows. A `LogBroken` from either method means
 * that the log lost what it had: never retried. `read` gives every message from `fromSeq` on, in order, none skipped, and
 * goes on until the signal is aborted.
 */
export interface AppendLog {
  readonly epoch: string
  /** First sequence still in the log; 0 or 1 when nothing was purged. */
  first(): Promise<number>
  /** Last sequence, 0 when the log is empty. */
  last(): Promise<number>
  append(message: Append): Promise<number>
  read(fromSeq: number, signal: AbortSignal): AsyncIterable<LogMessage>
}

/** Where snapshots are kept; a lower sequence never replaces a higher one. Candidates come newest first. */
export interface SnapshotStore {
  save(name: string, seq: number, bytes: Uint8Array | readonly Uint8Array[]): Promise<void>
  candidates(name: string): Promise<readonly { readonly seq: number; read(): Promise<Uint8Array> }[]>
}

/** Events by enterprise, each in log order, the logs before this one first. */
export interface RegisterHistory {
  readonly upTo: number
  readonly events: ReadonlyMap<string, readonly (LoggedEvent & EventHashes)[]>
}

/** What history knows that the writer no longer holds. Fails with YujingError `store.unavailable`. */
export interface WriterHistory {
  /** Content hash by id hash, decimal strings; an id that never came is absent. */
  lookup(idHashes: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** Stored events by id hash; those that are not stored (yet) are absent. */
  originals(idHashes: readonly string[]): Promise<ReadonlyMap<string, LoggedEvent & EventHashes>>
  /** What stands instead of a stored event, by its id hash: the hash of the newest that corrects it, null for nothing. */
  successors(idHashes: readonly string[]): Promise<ReadonlyMap<string, string | null>>
  /** What the register follows of enterprises, without what was corrected: all that is stored, up to `upTo` of this log. */
  registerHistory(subjects: readonly string[]): Promise<RegisterHistory>
  /** For a start without a snapshot: every message of the logs before this one, the oldest log first, then those of this
   * one below `belowSeq`, each log in its order. */
  rebuild(belowSeq: number): AsyncIterable<StoredMessage>
}
