import { type Static, Type } from '@sinclair/typebox'
import type { ErrorCode } from './errors.ts'
import { Nullable, Words } from './schema.ts'

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

/** `waiting`: nobody has decided yet. */
export const QUARANTINE_STATES = ['waiting', 'resubmitted', 'discarded'] as const

/** What an administrator made of a refused event. */
export const QuarantineDecision = Type.Object({
  state: Words(['resubmitted', 'discarded']),
  /** Id of the identity. */
  by: Type.String(),
  at: Type.String({ description: 'RFC 3339' }),
  reason: Type.String(),
})
export type QuarantineDecision = Static<typeof QuarantineDecision>

/** A refused event as it is listed: all but what was sent. */
export const QuarantinedEvent = Type.Object({
  seq: Type.Integer({ description: 'Its number in quarantine' }),
  code: Type.String(),
  reason: Type.String({ description: 'The sentence that the source got' }),
  source: Type.String(),
  id: Nullable(Type.String()),
  receivedAt: Type.String({ description: 'RFC 3339' }),
  sender: Nullable(Type.String({ description: 'Id of the key that sent a body refused as a whole' })),
  cutFromBytes: Nullable(Type.Integer({ description: 'Bytes as sent, where only the beginning is kept' })),
  state: Words(QUARANTINE_STATES),
  decision: Nullable(QuarantineDecision),
  resubmittable: Type.Boolean({ description: 'One event that was refused, and waits' }),
})
export type QuarantinedEvent = Static<typeof QuarantinedEvent>
