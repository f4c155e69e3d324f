import type { DetectorState } from './detect/shard.ts'
import type { InventoryQuestion } from './model/inventory.ts'
import type { StoreAccess } from './store/store.ts'
import type { LogLevel } from './telemetry/logger.ts'

/** What a detection thread is started with. */
export interface DetectWorkerData {
  readonly shard: number
  readonly partitions: readonly number[]
  readonly log: { readonly url: string; readonly user?: string; readonly password?: string; readonly maxBytes: number }
  /** History, for state that is older than the log. */
  readonly store: StoreAccess
  readonly logLevel: LogLevel
  /** Once round all partitions of the thread, milliseconds. */
  readonly snapshotCycleMs: number
  /** One 64-bit number: the last sequence whose findings are all acknowledged; read by the host at any time. */
  readonly position: SharedArrayBuffer
}

/** From the host to a thread. */
export type ToDetectWorker =
  | { readonly type: 'explain'; readonly id: number; readonly detector: string; readonly key: string }
  | { readonly type: 'inventory'; readonly id: number; readonly question: InventoryQuestion }
  | { readonly type: 'stop' }

/** From a thread to the host. */
export type FromDetectWorker =
  /** Caught up with what the log held at the start. */
  | { readonly type: 'ready' }
  | { readonly type: 'log'; readonly line: string }
  | { readonly type: 'answer'; readonly id: number; readonly answer: object | null }
  | ({ readonly type: 'figures' } & DetectFigures)

/** What a thread counted since it last told, and how its state stands. */
export interface DetectFigures {
  /** Findings acknowledged, by detector. */
  readonly findings: Readonly<Record<string, number>>
  /** Seconds from the stamp at the door to the acknowledgement, of each finding that was not replayed. */
  readonly latencies: readonly number[]
  /** Events that came too late to change a window. */
  readonly storedOnly: number
  /** Held findings told at last, or come to nothing, by detector. */
  readonly letGo: Readonly<Record<string, { readonly released: number; readonly dropped: number }>>
  readonly states: readonly DetectorState[]
  /** Seconds since the oldest of the partitions' snapshots was written or read. */
  readonly snapshotAgeSeconds: number
}
