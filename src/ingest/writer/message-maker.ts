import { YujingError } from '../../model/errors.ts'
import type { CanonicalEvent, EventKey, LoggedEvent, RegisterFacts } from '../../model/event.ts'
import type { Lane } from '../../model/lane.ts'
import type { Position } from '../../model/position.ts'
import type { AppendOutcome } from '../writer-port.ts'
import { Batch } from './batch.ts'
import type { HashedEvent } from './identity.ts'
import { touchedKeys } from './touched-keys.ts'
import type { WriterState } from './writer-state.ts'

/** A call of `append` on its way: what is known of its events so far. */
export interface RowsCall {
  readonly kind: 'rows'
  readonly lane: Lane
  readonly events: readonly CanonicalEvent[]
  readonly identities: readonly HashedEvent[]
  /** What history said of the ids that may be old: content hash, or null when it has none. */
  readonly history: ReadonlyMap<string, string | null>
  /** Outcomes of the first events, those whose messages are in the log. */
  readonly outcomes: AppendOutcome[]
  resolve(outcomes: AppendOutcome[]): void
  reject(error: Error): void
}

/**
 * Makes up the next message: takes events of calls in order until it is full. The register is changed but not committed;
 * nothing else is. An event that is already in the log, or earlier in this message, makes no row.
 */
export class MessageMaker {
  readonly batch = new Batch()
  readonly added: HashedEvent[] = []
  /** Outcomes to add to each call, in the order of its events. */
  readonly outcomes = new Map<RowsCall, AppendOutcome[]>()
  readonly #state: WriterState
  readonly #epoch: string
  readonly #stamp: () => number
  readonly #inMessage = new Map<string, string>()
  #receivedAt = 0
  #isFull = false

  constructor(state: WriterState, epoch: string, stamp: () => number) {
    this.#state = state
    this.#epoch = epoch
    this.#stamp = stamp
  }

  get isFull(): boolean {
    return this.#isFull
  }

  /** When its events were received, one stamp for all of them: epoch milliseconds. */
  get receivedAt(): number {
    return this.#receivedAt
  }

  /** Whether every event of a call is decided. */
  hasAll(call: RowsCall): boolean {
    return call.outcomes.length + (this.outcomes.get(call)?.length ?? 0) === call.events.length
  }

  /** Takes the next events of a call, at most so many; fewer when the message is full. */
  take(call: RowsCall, most = Number.POSITIVE_INFINITY): void {
    if (this.outcomes.size === 0) this.#receivedAt = this.#stamp()
    const decided = this.outcomes.get(call) ?? []
    this.outcomes.set(call, decided)
    const from = call.outcomes.length + decided.length
    for (let index = from; index < call.events.length && index < from + most; index += 1) {
      const event = call.events[index] as CanonicalEvent
      const identity = call.identities[index] as HashedEvent
      const outcome = this.#known(identity, call) ?? this.#tryAdd(event, identity)
      if (outcome === null) {
        this.#isFull = true
        return
      }
      decided.push(outcome)
    }
  }

  #tryAdd(event: CanonicalEvent, identity: HashedEvent): AppendOutcome | null {
    const { register, seq } = this.#state
    const step = register.foresee(event)
    const position = { epoch: this.#epoch, seq: seq + 1, index: this.batch.count }
    const receivedAt = this.#receivedAt
    const keys = touchedKeys(event, step.facts)
    if (!this.batch.add(placed(event, position, receivedAt, step.facts, keys), identity, identity.data)) return null
    register.keep(event, step)
    this.#inMessage.set(identity.idHash, identity.contentHash)
    this.added.push(identity)
    return { kind: 'stored', position }
  }

  /** Whether the id came before, and with which content; null when it is new. */
  #known(identity: HashedEvent, call: RowsCall): AppendOutcome | null {
    const inHand = this.#inMessage.get(identity.idHash)
    if (inHand !== undefined) return { kind: inHand === identity.contentHash ? 'duplicate' : 'reused' }
    switch (this.#state.ids.familiarity(identity)) {
      case 'new':
        return null
      case 'same':
        return { kind: 'duplicate' }
      case 'other':
        return { kind: 'reused' }
      case 'perhaps': {
        const content = call.history.get(identity.idHash)
        // It grew old between the question to history and now: ask again with the next request.
        if (content === undefined) throw new YujingError('store.unavailable')
        if (content === null) return null
        return { kind: content === identity.contentHash ? 'duplicate' : 'reused' }
      }
    }
  }
}

/** Written out: a spread of an event costs more than its check. */
export function placed(
  event: CanonicalEvent,
  position: Position,
  receivedAt: number,
  register: RegisterFacts,
  keys: readonly EventKey[],
): LoggedEvent {
  const { source, id, type, subject, time, region, regionOriginal, industry, backfill, test, retracts, data } = event
  return {
    source,
    id,
    type,
    subject,
    time,
    region,
    regionOriginal,
    industry,
    backfill,
    test,
    retracts,
    data,
    position,
    receivedAt,
    register,
    keys,
  }
}
