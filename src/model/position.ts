/**
 * Where something stands in the log: the whole service orders by this and by nothing else.
 *
 * `epoch` is minted when the stream is created; `seq` is the stream sequence of the batch (from 1); `index` is the
 * place in the batch (from 0; 0 for a control entry).
 */
export interface Position {
  readonly epoch: string
  readonly seq: number
  readonly index: number
}

/** A position within one epoch, as carried in snapshots and state where the epoch is known from the header. */
export type LocalPosition = Pick<Position, 'seq' | 'index'>

/** Negative when `a` is before `b`, 0 when equal, positive when after. Both must be of one epoch. */
export function comparePositions(a: LocalPosition, b: LocalPosition): number {
  return a.seq - b.seq || a.index - b.index
}
