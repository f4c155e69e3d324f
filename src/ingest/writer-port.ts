import type { ErrorCode } from '../model/errors.ts'
import type { Lane } from '../model/lane.ts'
import type { Position } from '../model/position.ts'
import type { PreparedEvents } from './prepared-events.ts'

/**
 * What became of one event: in the log now; there already; there already with other content; kept until the event comes
 * that it corrects; refused for what it would correct.
 */
export type AppendOutcome =
  | { readonly kind: 'stored'; readonly position: Position }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'reused' }
  | { readonly kind: 'parked' }
  | { readonly kind: 'refused'; readonly code: ErrorCode }

/** The one that appends. Resolves with one outcome per event, in order, once all of them are known to be in the log. */
export interface WriterPort {
  /**
   * @param lane `live` unless said otherwise
   * @throws YujingError of status 503 when not all is known to be in the log: the same call may be made again
   */
  append(events: PreparedEvents, lane?: Lane): Promise<AppendOutcome[]>
}
