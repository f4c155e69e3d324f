import type { LoggedEvent } from '../../model/event.ts'
import type { Position } from '../../model/position.ts'

/**
 * Reads events by where they stand in the log.
 *
 * The answer has one element for each position, in the same order: the event, or null when it cannot be found now (the
 * store may be seconds behind the log; what is null today may be found later, never the reverse). Rejects when it
 * cannot be asked at all.
 *
 * `inHand` gives the same without asking anybody: what is known at this moment, null for the rest.
 */
export interface EventResolver {
  inHand(positions: readonly Position[]): readonly (LoggedEvent | null)[]
  eventsAt(positions: readonly Position[]): Promise<readonly (LoggedEvent | null)[]>
}
