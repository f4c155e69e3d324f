import type { Control } from '../../model/control.ts'
import { YujingError } from '../../model/errors.ts'
import type { CanonicalEvent } from '../../model/event.ts'
import { MAX_ROWS } from '../../model/row.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { AppendOutcome } from '../writer-port.ts'
import { type Call, type ControlCall, type PauseCall, pauseCall } from './calls.ts'
import { withDeadline } from './deadline.ts'
import type { EventIdentity } from './identity.ts'
import { makeMessage, type RowsCall } from './message-maker.ts'
import type { AppendLog } from './ports.ts'
import { OutOfChain, Superseded, Term } from './term.ts'
import { LogDiffers, type WriterState } from './writer-state.ts'

export interface AppendQueueOptions {
  readonly log: AppendLog
  readonly state: WriterState
  readonly instance: string
  readonly logger: Logger
  readonly stamp: () => number
  readonly gatherMs: number
  readonly patienceMs: number
  readonly onFatal: (error: Error) => void
}

/** How often in a row the chain may break without another writer to be seen. */
const MOST_BREAKS = 3

/**
 * Calls in the order they came, and the one loop that turns them into messages: one message on its way at a time, what
 * comes meanwhile goes into the next. State follows a message only once the log has it.
 *
 *     call ─┐
 *     call ─┼─ gather (2 ms, or while one is on its way) ─> message ─> log ─> state ─> answers
 *     call ─┘
 */
export class AppendQueue {
  readonly #options: AppendQueueOptions
  readonly #term: Term
  readonly #calls: Call[] = []
  #running = false
  #gathering: NodeJS.Timeout | null = null
  #waiting = 0
  #opening: Promise<void> | null = null
  #breaks = 0
  #dead: Error | null = null

  constructor(options: AppendQueueOptions) {
    this.#options = options
    this.#term = new Term(options)
  }

  /** Begins the first term. */
  begin(): Promise<void> {
    return this.#term.open(this.#options.stamp)
  }

  /** The server may have forgotten the chain: the next append begins a new term. */
  loseTerm(): void {
    this.#term.lose()
  }

  rows(
    events: readonly CanonicalEvent[],
    identities: readonly EventIdentity[],
    history: ReadonlyMap<string, string | null>,
  ): Promise<AppendOutcome[]> {
    this.#waiting += events.length
    return new Promise((resolve, reject) => {
      this.#enqueue({ kind: 'rows', events, identities, history, outcomes: [], resolve, reject })
    })
  }

  /** Resolves with the sequence of the entry. */
  control(control: Control): Promise<number> {
    return new Promise((resolve, reject) => this.#enqueue({ kind: 'control', control, resolve, reject }))
  }

  /** Runs when no message is on its way, so that the state is exactly that of the log. */
  betweenMessages<T>(run: () => T): Promise<T> {
    return new Promise((resolve, reject) => this.#enqueue(pauseCall(run, resolve, reject)))
  }

  #enqueue(call: Call): void {
    if (this.#dead !== null) {
      call.reject(unavailable())
      return
    }
    this.#calls.push(call)
    if (this.#running) return
    if (this.#waiting >= MAX_ROWS) this.#go()
    else this.#gathering ??= setTimeout(() => this.#go(), this.#options.gatherMs)
  }

  #go(): void {
    if (this.#gathering !== null) clearTimeout(this.#gathering)
    this.#gathering = null
    this.#running = true
    void this.#run()
  }

  /** Never rejects. Between the last look at the queue and the end nothing waits, so that no call is overlooked. */
  async #run(): Promise<void> {
    for (let call = this.#calls[0]; call !== undefined; call = this.#calls[0]) {
      try {
        await this.#serve(call)
        this.#breaks = 0
      } catch (error) {
        this.#fail(error)
      }
    }
    this.#running = false
  }

  async #serve(call: Call): Promise<void> {
    if (call.kind === 'pause') {
      this.#pause(call)
      return
    }
    if (!this.#term.held) await this.#openTerm()
    if (call.kind === 'control') await this.#appendControl(call)
    else await this.#appendRows()
  }

  #pause(call: PauseCall): void {
    this.#calls.shift()
    call.run()
  }

  /** One attempt at a time, even when callers lose patience: two readers would follow the same messages twice. */
  async #openTerm(): Promise<void> {
    this.#opening ??= this.#term.open(this.#options.stamp).finally(() => {
      this.#opening = null
    })
    await withDeadline(this.#opening, this.#options.patienceMs, unavailable)
  }

  async #appendControl(call: ControlCall): Promise<void> {
    const seq = await this.#term.control(call.control, this.#options.stamp())
    this.#calls.shift()
    call.resolve(seq)
  }

  async #appendRows(): Promise<void> {
    const { state, log, stamp } = this.#options
    const rows: RowsCall[] = []
    for (const call of this.#calls) {
      if (call.kind !== 'rows') break
      rows.push(call)
    }
    const { table } = state.register
    try {
      const message = makeMessage(rows, state, log.epoch, stamp())
      if (message.batch.count > 0) await this.#term.rows(message.batch.payload(), message.batch.count)
      table.commit()
      for (const identity of message.added) state.ids.add(identity, message.receivedAt)
      if (message.batch.count > 0) {
        state.seq += 1
        state.logTime = Math.max(state.logTime, message.receivedAt)
        state.ids.expireSome(state.logTime)
      }
      this.#answer(message.outcomes)
    } catch (error) {
      table.rollback()
      throw error
    }
  }

  #answer(outcomes: ReadonlyMap<RowsCall, readonly AppendOutcome[]>): void {
    for (const [call, decided] of outcomes) {
      call.outcomes.push(...decided)
      if (call.outcomes.length < call.events.length) return
      this.#calls.shift()
      this.#waiting -= call.events.length
      call.resolve(call.outcomes)
    }
  }

  /** Nobody in the queue may be told that their events are in the log; all of them send again. */
  #fail(error: unknown): void {
    if (error instanceof OutOfChain && ++this.#breaks < MOST_BREAKS) return
    const fatal = isFatal(error)
    const answer = error instanceof YujingError ? error : unavailable()
    if (fatal) this.#dead = error
    else if (answer !== error) this.#options.logger.error({ err: error }, 'an append failed for an unknown reason')
    this.#waiting = 0
    for (const call of this.#calls.splice(0)) {
      if (call.kind === 'pause') call.run()
      else call.reject(answer)
    }
    if (fatal) this.#options.onFatal(error)
  }
}

/** After these the writer no longer is the one that appends. A broken log is told by name: its class is the log's. */
function isFatal(error: unknown): error is Error {
  if (error instanceof Superseded || error instanceof LogDiffers || error instanceof OutOfChain) return true
  return error instanceof Error && error.name === 'LogBroken'
}

function unavailable(): YujingError {
  return new YujingError('log.unavailable')
}
