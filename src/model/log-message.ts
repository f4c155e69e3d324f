import type { ControlEntry } from './control.ts'
import type { LoggedEvent } from './event.ts'
import type { EventHashes } from './row.ts'

/** A message of the log as its readers get it. `seq` is the stream sequence, equal to the writer's own count. */
export interface LogMessage {
  readonly seq: number
  readonly kind: 'rows' | 'control'
  /** Rows in the batch; 1 for a control entry. */
  readonly count: number
  readonly payload: Uint8Array
}

/**
 * A message as the store gives it back, decoded. A row that the store refused is missing; a message of which nothing was
 * stored is not told at all.
 */
export type StoredMessage =
  | { readonly seq: number; readonly kind: 'rows'; readonly events: readonly (LoggedEvent & EventHashes)[] }
  | { readonly seq: number; readonly kind: 'control'; readonly entry: ControlEntry }
