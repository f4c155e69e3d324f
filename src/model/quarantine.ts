import type { ErrorCode } from './errors.ts'

/**
 * An event that the door refused, or a whole body (`body.*`), as it waits in quarantine: what was wrong stands in the clear
 * and names nobody, what was sent is sealed.
 */
export interface QuarantineEntry {
  readonly code: ErrorCode
  /** The sentence that the source got; names members, never values. */
  readonly reason: string
  /** As sent where it is a proper source, else ''. */
  readonly source: string
  readonly id: string | null
  /** Epoch milliseconds. */
  readonly receivedAt: number
  /** Id of the key that sent it, where events say nothing of themselves because the whole body was refused. */
  readonly sender?: string
  /** What was sent, encrypted; base64. */
  readonly payload: string
  /** What the seal holds is base64 once more, because what was sent is no UTF-8. */
  readonly encoding?: 'base64'
  /** Bytes as sent, where it was too long and only its beginning is in the payload. */
  readonly cutFromBytes?: number
}
