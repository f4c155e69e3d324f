import type { Control } from '../../model/control.ts'
import { isStoreAway, YujingError } from '../../model/errors.ts'
import type { Lane } from '../../model/lane.ts'
import { MAX_ROWS } from '../../model/row.ts'
import { withDeadline } from '../../telemetry/deadline.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { PreparedEvents } from '../prepared-events.ts'
import type { AppendOutcome } from '../writer-port.ts'
import type { BatchGate } from './batch-gate.ts'
import { type Call, type ControlCall, type PauseCall, pauseCall } from './calls.ts'
import { CorrectionMaker, type CorrectionsCall } from './correction-maker.ts'
import { fillMessage } from './fill-message.ts'
import { Lines } from './lines.ts'
import { MessageMaker, type RowsCall } from './message-maker.ts'
import type { AppendLog } from './ports.ts'
import { OutOfChain, Superseded, Term } from './term.ts'
import { LogDiffers, type WriterState } from './writer-state.ts'

export interface AppendQueueOptions {
  readonly log: AppendLog
  readonly state: WriterState
  readonly instance: string
  readonly logger: Logger
  readonly stamp: () => number
  readonly gate: BatchGate
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
 *     live   call ─┐
 *            call ─┼─ gather (2 ms, or while one is on its way) ─┐
 *            call ─┘                                             ├─> message ─> log ─> state ─> answers
 *     batch  call ─── gate, only while no live call waits ───────┘
 *
 * A message of the batch lane is made up in stretches; a live call that comes meanwhile goes along with it, at once.
 */
export class AppendQueue {
  readonly #options: AppendQueueOptions
  readonly #term: Term
  readonly #lines = new Lines()
  #running = false
  #gathering: NodeJS.Timeout | null = null
  #gated: NodeJS.Timeout | null = null
  #isClosing = false
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

  rows(events: PreparedEvents, history: ReadonlyMap<string, string | null>, lane: Lane): Promise<AppendOutcome[]> {
    return new Promise((resolve, reject) => {
      this.#enqueue({ kind: 'rows', lane, events, history, outcomes: [], resolve, reject })
    })
  }

  /** Events of which some correct others: worked through one by one, and never beside others in a message. */
  corrections(call: Omit<CorrectionsCall, 'kind' | 'outcomes' | 'resolve' | 'reject'>): Promise<AppendOutcome[]> {
    return new Promise((resolve, reject) => {
      this.#enqueue({ ...call, kind: 'corrections', outcomes: [], resolve, reject })
    })
  }

  /** Events that wait, by lane. */
  waiting(): Readonly<Record<Lane, number>> {
    return this.#lines.waiting
  }

  /** Live calls are still served; what waits in the batch lane is refused, its senders send it again. */
  close(): void {
    this.#isClosing = true
    if (!this.#running) this.#go()
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
    this.#lines.push(call)
    if (this.#running) return
    if (this.#lines.waiting.live >= MAX_ROWS) this.#go()
    else this.#gathering ??= setTimeout(() => this.#go(), this.#options.gatherMs)
  }

  #go(): void {
    if (this.#gathering !== null) clearTimeout(this.#gathering)
    if (this.#gated !== null) clearTimeout(this.#gated)
    this.#gathering = null
    this.#gated = null
    this.#running = true
    void this.#run()
  }

  /** Never rejects. Between the last look at the lines and the end nothing waits, so that no call is overlooked. */
  async #run(): Promise<void> {
    for (let call = this.#next(); call !== undefined; call = this.#next()) {
      try {
        await this.#serve(call)
        this.#breaks = 0
      } catch (error) {
        this.#fail(error)
      }
    }
    this.#running = false
    if (this.#lines.batch.length > 0) this.#gated = setTimeout(() => this.#go(), this.#options.gate.waitMs())
  }

  /** A call of the batch lane only when no live one waits and the gate is open. */
  #next(): Call | undefined {
    const [live] = this.#lines.live
    if (live !== undefined) return live
    if (this.#isClosing) this.#lines.refuse(unavailable(), ['batch'])
    const [batch] = this.#lines.batch
    return batch !== undefined && this.#options.gate.waitMs() === 0 ? batch : undefined
  }

  async #serve(call: Call): Promise<void> {
    if (call.kind === 'pause') {
      this.#pause(call)
      return
    }
    if (!this.#term.held) await this.#openTerm()
    if (call.kind === 'control') await this.#appendControl(call)
    else if (call.kind === 'corrections') await this.#appendCorrections(call)
    else await this.#appendRows()
  }

  #pause(call: PauseCall): void {
    this.#lines.live.shift()
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
    this.#lines.live.shift()
    call.resolve(seq)
  }

  /** One message of it, rows or the parking of one; the call is over with its last event. */
  async #appendCorrections(call: CorrectionsCall): Promise<void> {
    const { state, log, stamp } = this.#options
    const maker = new CorrectionMaker(state, log.epoch, stamp(), call)
    try {
      maker.fill()
      const { batch, parking } = maker
      if (batch.count > 0) {
        await this.#term.rows(batch.payload(), batch.count)
        state.register.commit()
        maker.follow()
      }
      if (parking !== null) await this.#term.control({ type: 'yujing.parked', data: parking }, stamp())
    } catch (error) {
      state.register.rollback()
      if (!isStoreAway(error)) throw error
      this.#lines.live.shift()
      call.reject(error as Error)
      return
    }
    call.outcomes.push(...maker.outcomes)
    if (call.outcomes.length < call.events.length) return
    this.#lines.live.shift()
    call.resolve(call.outcomes)
  }

  async #appendRows(): Promise<void> {
    const { state, log, stamp, gate } = this.#options
    const maker = new MessageMaker(state, log.epoch, stamp)
    try {
      const batched = await fillMessage(maker, this.#lines)
      const { batch, added, receivedAt } = maker
      if (batch.count > 0) await this.#term.rows(batch.payload(), batch.count)
      state.register.commit()
      for (const words of added) state.ids.add({ words }, receivedAt)
      if (batch.count > 0) {
        state.seq += 1
        state.logTime = Math.max(state.logTime, receivedAt)
        state.ids.expireSome(state.logTime)
      }
      if (batched > 0) gate.passed(batched)
      this.#answer(maker.outcomes)
    } catch (error) {
      state.register.rollback()
      throw error
    }
  }

  #answer(outcomes: ReadonlyMap<RowsCall, readonly AppendOutcome[]>): void {
    for (const [call, decided] of outcomes) {
      call.outcomes.push(...decided)
      if (call.outcomes.length < call.events.length) continue
      this.#lines.leave(call)
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
    this.#lines.refuse(answer)
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
