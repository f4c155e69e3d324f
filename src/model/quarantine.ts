import type { ErrorCode } from './errors.ts'

/**
 * An event that the door refused, as it waits in quarantine: what was wrong stands in the clear and names nobody, what
 * was sent is sealed.
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
  /** The event as sent, encrypted; base64. */
  readonly payload: string
  /** Bytes of the event as sent, where it was too long and only its beginning is in the payload. */
  readonly cutFromBytes?: number
}
