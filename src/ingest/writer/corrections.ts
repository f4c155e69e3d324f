import type { ControlEntry } from '../../model/control.ts'
import type { CanonicalEvent, LoggedEvent } from '../../model/event.ts'
import type { EventHashes } from '../../model/row.ts'
import { businessDay } from '../../model/time.ts'

/** Days that it is known here what was corrected; afterwards history is asked. */
const RECENT_DAYS = 14

/** A correction whose original has not come yet. */
export interface Parked extends EventHashes {
  readonly event: CanonicalEvent
  /** Log time of its parking, epoch milliseconds. */
  readonly at: number
}

/** As a snapshot holds it. */
export interface CorrectionsImage {
  readonly parked: readonly Parked[]
  readonly successors: readonly (readonly [of: string, by: string | null, day: number])[]
}

/**
 * What stands for an id, as far as events were corrected, and which corrections wait: a function of the log.
 *
 *     X            stands for itself
 *     X <- R       replaced (or attributed): R stands, under the name of X and its own
 *     X <- R <- S  S stands; who names X or R now means S
 *     X <- W       withdrawn: nothing stands; a later replacement of X does again
 */
export class Corrections {
  /** By their own id hash. */
  readonly parked = new Map<string, Parked>()
  readonly #successors = new Map<string, { readonly by: string | null; readonly day: number }>()

  constructor(image?: CorrectionsImage) {
    for (const parked of image?.parked ?? []) this.parked.set(parked.idHash, parked)
    for (const [of, by, day] of image?.successors ?? []) this.#successors.set(of, { by, day })
  }

  /** Who corrected an event: the hash of what stands instead, null for nothing; undefined when nobody did of late. */
  successor(idHash: string): string | null | undefined {
    return this.#successors.get(idHash)?.by
  }

  /** Follows a row that retracts another. */
  follow({ register, idHash, receivedAt }: LoggedEvent & EventHashes): void {
    this.parked.delete(idHash)
    const { corrects } = register
    if (corrects === undefined) return
    const day = businessDay(receivedAt)
    this.#successors.delete(corrects.of)
    this.#successors.set(corrects.of, { by: corrects.kind === 'withdrawn' ? null : idHash, day })
    for (const [of, known] of this.#successors) {
      if (known.day >= day - RECENT_DAYS) break
      this.#successors.delete(of)
    }
  }

  /** Follows the entries that park a correction and end its parking. */
  followControl(entry: ControlEntry): void {
    if (entry.type === 'yujing.parked') this.parked.set(entry.data.idHash, { ...entry.data, at: entry.at })
    if (entry.type === 'yujing.parking-ended') this.parked.delete(entry.data.idHash)
  }

  image(): CorrectionsImage {
    return {
      parked: [...this.parked.values()],
      successors: [...this.#successors].map(([of, { by, day }]) => [of, by, day] as const),
    }
  }
}
