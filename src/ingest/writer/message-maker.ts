import { YujingError } from '../../model/errors.ts'
import type { Lane } from '../../model/lane.ts'
import { keysText, placeText } from '../../model/row.ts'
import type { PreparedEvents } from '../prepared-events.ts'
import type { AppendOutcome } from '../writer-port.ts'
import { Batch } from './batch.ts'
import { IdTable } from './id-table.ts'
import { contentHashOf, idHashOf } from './identity.ts'
import { touchedKeys } from './touched-keys.ts'
import type { WriterState } from './writer-state.ts'

/** A call of `append` on its way: what is known of its events so far. */
export interface RowsCall {
  readonly kind: 'rows'
  readonly lane: Lane
  readonly events: PreparedEvents
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
  /** The words of the identities that are new with it. */
  readonly added: Uint32Array[] = []
  /** Outcomes to add to each call, in the order of its events. */
  readonly outcomes = new Map<RowsCall, AppendOutcome[]>()
  readonly #state: WriterState
  readonly #epoch: string
  readonly #stamp: () => number
  readonly #inMessage = new IdTable()
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
      const words = call.events.identity(index)
      const outcome = this.#known(words, call) ?? this.#tryAdd(call.events, index, words)
      if (outcome === null) {
        this.#isFull = true
        return
      }
      decided.push(outcome)
    }
  }

  #tryAdd(events: PreparedEvents, index: number, words: Uint32Array): AppendOutcome | null {
    const { register, seq } = this.#state
    const position = { epoch: this.#epoch, seq: seq + 1, index: this.batch.count }
    const place = placeText(position, this.#receivedAt)
    const told = register.told(events.code(index), events.type(index), events.industry(index))
    if (told !== null) {
      if (!this.batch.add(events, index, { place, register: told, keys: null })) return null
    } else {
      const event = events.event(index)
      const step = register.foresee(event)
      const keys = keysText(touchedKeys(event, step.facts))
      if (!this.batch.add(events, index, { place, register: JSON.stringify(step.facts), keys })) return null
      register.keep(event, step)
    }
    this.#inMessage.add(words, 1)
    this.added.push(words)
    return { kind: 'stored', position }
  }

  /** Whether the id came before, and with which content; null when it is new. */
  #known(words: Uint32Array, call: RowsCall): AppendOutcome | null {
    const inHand = this.#inMessage.find(words)
    if (inHand !== 'absent') return { kind: inHand === 'same' ? 'duplicate' : 'reused' }
    switch (this.#state.ids.familiarity({ words })) {
      case 'new':
        return null
      case 'same':
        return { kind: 'duplicate' }
      case 'other':
        return { kind: 'reused' }
      case 'perhaps': {
        const content = call.history.get(idHashOf(words))
        // It grew old between the question to history and now: ask again with the next request.
        if (content === undefined) throw new YujingError('store.unavailable')
        if (content === null) return null
        return { kind: content === contentHashOf(words) ? 'duplicate' : 'reused' }
      }
    }
  }
}
