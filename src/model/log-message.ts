/** A message of the log as its readers get it. `seq` is the stream sequence, equal to the writer's own count. */
export interface LogMessage {
  readonly seq: number
  readonly kind: 'rows' | 'control'
  /** Rows in the batch; 1 for a control entry. */
  readonly count: number
  readonly payload: Uint8Array
}
