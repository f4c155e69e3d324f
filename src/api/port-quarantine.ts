import type { Identity } from '../access/identity.ts'
import type { QuarantinedEvent } from '../model/quarantine.ts'
import type { EventAnswer } from './port-door.ts'

/** Which refused events, the newest first. */
export interface QuarantineQuery {
  readonly codes?: readonly string[] | undefined
  /** Prefix of the source; '' finds those that named none. */
  readonly source?: string | undefined
  readonly state?: QuarantinedEvent['state'] | undefined
  readonly limit: number
  /** `next` of the page before. */
  readonly cursor?: string | undefined
}

/** A refused event with what was sent. */
export type OpenedEvent = QuarantinedEvent & {
  /** As sent; base64 when it is no UTF-8. */
  readonly payload: string
  readonly encoding: 'utf-8' | 'base64'
}

/**
 * Refused events one by one. `list` may give a short page with a `next`. All else takes the number of an entry, and a
 * reason; it is in the audit before it is done, and is not done when it cannot be audited (`log.unavailable`,
 * `log.full`). `not-found`: no such entry (any more); `action.not-allowed`: somebody has decided already.
 *
 * `resubmit` sends one event through the door with the rights of who sends it: it throws what the door throws, 400 with
 * the first refusal's code as it is, and then the entry waits on and no second one is made. What is new or was there
 * before with the same content settles the entry.
 */
export interface Quarantine {
  list(query: QuarantineQuery): Promise<{ readonly items: readonly QuarantinedEvent[]; readonly next: string | null }>
  open(seq: number, reason: string, by: Identity): Promise<OpenedEvent>
  resubmit(seq: number, event: object, reason: string, by: Identity): Promise<Resubmission>
  discard(seq: number, reason: string, by: Identity): Promise<QuarantinedEvent>
}

export interface Resubmission {
  readonly entry: QuarantinedEvent
  readonly answer: EventAnswer
}
