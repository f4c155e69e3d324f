import type { Portion, SentBody } from './ingest/preparer.ts'
import type { ErrorCode } from './model/errors.ts'

/** What a thread of the door is started with. */
export interface DoorWorkerData {
  readonly personKey: Uint8Array
}

/** A portion as it crosses: prepared events without their class. */
export type SentPortion = Omit<Portion, 'events'> & { readonly heads: Uint32Array; readonly bytes: Uint8Array }

/** `id` names the request; `now`, epoch milliseconds, is the time by which the next portion is judged. */
export type ToDoorWorker =
  | { readonly type: 'prepare'; readonly id: number; readonly sent: SentBody; readonly now: number }
  | { readonly type: 'next'; readonly id: number; readonly now: number }
  | { readonly type: 'leave'; readonly id: number }

export type FromDoorWorker =
  | { readonly type: 'portion'; readonly id: number; readonly portion: SentPortion }
  | { readonly type: 'end'; readonly id: number }
  | { readonly type: 'refused'; readonly id: number; readonly code: ErrorCode; readonly message: string }
  /** A fault of ours, with its stack. */
  | { readonly type: 'failed'; readonly id: number; readonly stack: string }
