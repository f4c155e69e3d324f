import type { YujingError } from '../model/errors.ts'
import type { Lane } from '../model/lane.ts'

/**
 * The door, as the route of events needs it.
 *
 * `accept` resolves when every accepted event of the request is acknowledged by the log. It throws a YujingError for
 * the whole request: `body.*` when the body cannot be read; the first rejection's code, with the whole answer as
 * `details`, when every event was rejected; `log.*`, `disk.full`, `store.unavailable` or `clock.doubtful` when not all of it
 * is known to be in the log: then the sender sends the whole request again, and what had arrived counts as duplicates.
 */
export interface EventDoor {
  accept(request: {
    readonly contentType: string | undefined
    readonly contentEncoding: string | undefined
    /** In lower case, for `ce-*` headers. */
    readonly headers: Readonly<Record<string, string | undefined>>
    /** As received, still compressed. */
    readonly body: Buffer
    readonly rights: SenderRights
    /** Id of the key that sends. */
    readonly sender: string
    /** The lane asked for. */
    readonly lane: Lane
    /** The answer says which events were duplicates. */
    readonly listsDuplicates: boolean
  }): Promise<EventAnswer>
  /**
   * Keeps the beginning of a body that was refused while it came in; `bytes` had arrived. Throws a YujingError of status 503
   * when it cannot be kept: that is the answer then.
   */
  keep(refused: {
    readonly body: Buffer
    readonly bytes: number
    readonly sender: string
    readonly error: YujingError
  }): Promise<void>
}

/** What the sender may send; areas ending in 00 stand for their subtree, sources are prefixes. */
export interface SenderRights {
  readonly sources: readonly string[] | 'all'
  readonly types: readonly string[] | 'all'
  readonly areas: readonly string[] | 'all'
  readonly backfill: boolean
  readonly retracts: boolean
}

export interface EventAnswer {
  readonly accepted: number
  /** Reused ids included. */
  readonly duplicates: number
  readonly rejected: readonly {
    readonly index: number
    readonly id: string | null
    readonly code: string
    readonly message: string
  }[]
  readonly reused: readonly { readonly index: number; readonly id: string }[]
  readonly known?: readonly number[]
}
