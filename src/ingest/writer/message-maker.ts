import { YujingError } from '../../model/errors.ts'
import type { CanonicalEvent, LoggedEvent } from '../../model/event.ts'
import type { AppendOutcome } from '../writer-port.ts'
import { Batch } from './batch.ts'
import type { EventIdentity } from './identity.ts'
import { touchedKeys } from './touched-keys.ts'
import type { WriterState } from './writer-state.ts'

/** A call of `append` on its way: what is known of its events so far. */
export interface RowsCall {
  readonly kind: 'rows'
  readonly events: readonly CanonicalEvent[]
  readonly identities: readonly EventIdentity[]
  /** What history said of the ids that may be old: content hash, or null when it has none. */
  readonly history: ReadonlyMap<string, string | null>
  /** Outcomes of the first events, those whose messages are in the log. */
  readonly outcomes: AppendOutcome[]
  resolve(outcomes: AppendOutcome[]): void
  reject(error: Error): void
}

/** A message made of the calls at the head of the queue, and what follows once it is in the log. */
export interface Message {
  readonly batch: Batch
  readonly receivedAt: number
  readonly added: readonly EventIdentity[]
  /** Outcomes to add to each call, in the order of its events. */
  readonly outcomes: ReadonlyMap<RowsCall, readonly AppendOutcome[]>
}

/**
 * Makes up the next message: takes events in order until it is full. The register is changed but not committed; nothing
 * else is. An event that is already in the log, or earlier in this message, makes no row.
 */
export function makeMessage(
  calls: readonly RowsCall[],
  state: WriterState,
  epoch: string,
  receivedAt: number,
): Message {
  const batch = new Batch()
  const seq = state.seq + 1
  const added: EventIdentity[] = []
  const inMessage = new Map<string, string>()
  const outcomes = new Map<RowsCall, AppendOutcome[]>()

  function tryAdd(event: CanonicalEvent, identity: EventIdentity): AppendOutcome | null {
    const step = state.register.foresee(event)
    const position = { epoch, seq, index: batch.count }
    const keys = touchedKeys(event, step.facts)
    const logged: LoggedEvent = { ...event, position, receivedAt, register: step.facts, keys }
    if (!batch.add(logged, identity)) return null
    state.register.keep(event, step)
    inMessage.set(identity.idHash, identity.contentHash)
    added.push(identity)
    return { kind: 'stored', position }
  }

  for (const call of calls) {
    const decided: AppendOutcome[] = []
    outcomes.set(call, decided)
    for (let index = call.outcomes.length; index < call.events.length; index += 1) {
      const event = call.events[index] as CanonicalEvent
      const identity = call.identities[index] as EventIdentity
      const outcome = known(identity, inMessage, state, call) ?? tryAdd(event, identity)
      if (outcome === null) return { batch, receivedAt, added, outcomes }
      decided.push(outcome)
    }
  }
  return { batch, receivedAt, added, outcomes }
}

/** Whether the id came before, and with which content; null when it is new. */
function known(
  identity: EventIdentity,
  inMessage: ReadonlyMap<string, string>,
  state: WriterState,
  call: RowsCall,
): AppendOutcome | null {
  const inHand = inMessage.get(identity.idHash)
  if (inHand !== undefined) return { kind: inHand === identity.contentHash ? 'duplicate' : 'reused' }
  const familiarity = state.ids.familiarity(identity)
  switch (familiarity) {
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
