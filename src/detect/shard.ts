import type { Finding } from '../model/finding.ts'
import type { FoundInventory, InventoryQuestion } from '../model/inventory.ts'
import type { LogMessage, StoredMessage } from '../model/log-message.ts'
import type { Detector } from './contract.ts'
import type { Explanation } from './explain.ts'
import { FoldingShard } from './folding-shard.ts'
import { planOf } from './plan.ts'
import type { Refusal } from './snapshot.ts'

export interface DetectorState {
  readonly detector: string
  readonly keys: number
  /** Episodes that go on with the next fulfilling event. */
  readonly episodes: number
  /** Records, lists and tables; running episodes apart. */
  readonly bytes: number
  /** Of these, what is kept to show evidence. */
  readonly evidenceBytes: number
  /** Events since this shard began that came too late to change a window. */
  readonly storedOnly: number
  /** Items whose finding waits for their source to say that it has sent everything. */
  readonly held: number
  /** Held findings since this shard began: told at last, or come to nothing. */
  readonly released: number
  readonly dropped: number
  /** Sequence of the entry since which this version judges; 0: since the log began, null: not yet. */
  readonly liveSince: number | null
}

export interface RestoreReport {
  /** Detectors whose state was taken over. */
  readonly restored: readonly string[]
  /** Detectors that must be rebuilt from the log's start, each with the reason. */
  readonly refused: readonly { readonly detector: string; readonly reason: Refusal }[]
}

/** The detectors' state of some partitions, as a deterministic fold over the log: no I/O, no clock, no randomness. */
export interface Shard {
  readonly partitions: readonly number[]
  /** Last message all of the state has seen; replay begins with the one after it. */
  position(): number
  /** Last message any of the state has seen: the log must reach at least as far. */
  newest(): number
  /**
   * Folds in one message and returns the findings it gives rise to, in order. Messages come without a gap; what part of
   * the state has already seen, that part skips. Throws LogOrderError when sequence, epoch or row numbers disagree.
   */
  apply(message: LogMessage): Finding[]
  /**
   * The same for what the log no longer holds and the store does: sequences ascend, but some may be missing. Comes before
   * the first message of the log itself.
   */
  applyStored(message: StoredMessage): Finding[]
  /** State of a partition, as of the last message applied; a copy, so it may be written while the fold goes on. */
  snapshot(partition: number): { readonly seq: number; readonly bytes: Uint8Array }
  /**
   * Takes over a snapshot before the first message. Torn, of another epoch or layout, or of another version of a
   * detector: refused whole or for that detector, whose state then stays empty at position 0.
   */
  restore(partition: number, bytes: Uint8Array): RestoreReport
  /** What is in the inventory, cut to those who ask: counts of all that fits, and the first cases behind a place. */
  inventory(question: InventoryQuestion): FoundInventory
  /** What the state says of one key, or null if the detector is unknown or the key lies in another shard's partition. */
  explain(detector: string, key: string): Explanation | null
  state(): DetectorState[]
}

/** A shard with empty state. `partitions`: those it owns, each from 0 to 63. */
export function createShard(o: {
  readonly epoch: string
  readonly detectors: readonly Detector[]
  readonly partitions: readonly number[]
}): Shard {
  return new FoldingShard(o.epoch, o.detectors.map(planOf), o.partitions)
}
