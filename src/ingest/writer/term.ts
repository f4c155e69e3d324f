import type { Control, ControlEntry } from '../../model/control.ts'
import { YujingError } from '../../model/errors.ts'
import { withDeadline } from '../../telemetry/deadline.ts'
import { catchUp } from './catch-up.ts'
import type { Append, AppendLog } from './ports.ts'
import { followControl, LogDiffers, type WriterState } from './writer-state.ts'

/** Another writer has begun a term: this one must never append again. */
export class Superseded extends Error {
  constructor(by: string) {
    super(`another writer has taken over the log: ${by}`)
    this.name = 'Superseded'
  }
}

/** The log refused an append for its place in the chain; the class belongs to whoever implements the port. */
function isOutOfChain(error: unknown): boolean {
  return error instanceof Error && error.name === 'AppendSuperseded'
}

export interface TermOptions {
  readonly log: AppendLog
  readonly state: WriterState
  readonly instance: string
  /** Longest wait for an answer of the log, milliseconds; after that nobody knows whether it has the message. */
  readonly patienceMs: number
}

/** How often a term is begun again when the log moved on between reading and appending. */
const ATTEMPTS = 5

/**
 * The right to append. A term begins with a control entry that is only taken when the log ends where the writer has read
 * to; from it on each message names the one before, so that a writer that has been overtaken fails at the next append.
 *
 *     read to n ──> yujing.writer (expects sequence n) ──> n+2 (expects id n+1) ──> n+3 (expects id n+2) ...
 *          ^                                                    │
 *          └──────── connection lost, answer unknown ───────────┘   what had arrived is read back, never assumed
 */
export class Term {
  readonly #log: AppendLog
  readonly #state: WriterState
  readonly #instance: string
  readonly #patienceMs: number
  #held = false
  #begun = false

  constructor(options: TermOptions) {
    this.#log = options.log
    this.#state = options.state
    this.#instance = options.instance
    this.#patienceMs = options.patienceMs
  }

  get held(): boolean {
    return this.#held
  }

  /** What the server remembers of the chain is in doubt: the next append begins a new term. */
  lose(): void {
    this.#held = false
  }

  /**
   * Reads up to the end of the log and begins a term there. `at` stamps the control entry.
   *
   * @throws Superseded when another writer began a term after this one's first
   */
  async open(at: () => number): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      await catchUp(this.#state, this.#log)
      const { writer } = this.#state
      if (this.#begun && writer !== this.#instance) throw new Superseded(writer)
      const begin: Control = { type: 'yujing.writer', data: { instance: this.#instance } }
      try {
        await this.#appendControl(begin, at(), { expectedLastSeq: this.#state.seq })
      } catch (error) {
        if (isOutOfChain(error)) continue
        throw error
      }
      this.#begun = true
      this.#held = true
      return
    }
    throw new Superseded('the log kept moving')
  }

  /** Appends a control entry and follows it; returns its sequence. */
  async control(control: Control, at: number): Promise<number> {
    const expected = this.#predecessor()
    return await this.#inChain(() => this.#appendControl(control, at, expected))
  }

  /** Appends rows that say the next sequence; the state is left to the caller, who knows what they hold. */
  async rows(payload: Uint8Array, count: number): Promise<void> {
    const message = { kind: 'rows', payload, count, ...this.#predecessor() } as const
    await this.#inChain(() => this.#send(message))
  }

  async #inChain<T>(append: () => Promise<T>): Promise<T> {
    try {
      return await append()
    } catch (error) {
      // A full log has certainly not taken it: the chain goes on. In all other cases nobody knows.
      if (!(error instanceof YujingError && error.code === 'log.full')) this.lose()
      throw isOutOfChain(error) ? new OutOfChain() : error
    }
  }

  async #appendControl(control: Control, at: number, expected: Expected): Promise<number> {
    const seq = this.#state.seq + 1
    const entry: ControlEntry = { ...control, epoch: this.#log.epoch, seq, at }
    await this.#send({ kind: 'control', payload: Buffer.from(JSON.stringify(entry)), count: 1, ...expected })
    followControl(this.#state, entry)
    this.#state.seq = seq
    return seq
  }

  /** Sends what must become the message after the state; waits no longer than the patience allows. */
  async #send(message: Omit<Append, 'msgId'>): Promise<void> {
    const due = this.#state.seq + 1
    const sent = this.#log.append({ ...message, msgId: this.#msgId(due) })
    const seq = await withDeadline(sent, this.#patienceMs, () => new YujingError('log.unavailable'))
    if (seq !== due) throw new LogDiffers(`sequence ${seq} was given to message ${due}`)
  }

  #predecessor(): Expected {
    return { expectedLastMsgId: this.#msgId(this.#state.seq) }
  }

  #msgId(seq: number): string {
    return `${this.#log.epoch}-${seq}`
  }
}

/** What an append expects of the end of the log. */
type Expected = Pick<Append, 'expectedLastMsgId' | 'expectedLastSeq'>

/** The chain broke without a sign of another writer yet: read back, then try again. */
export class OutOfChain extends Error {
  constructor() {
    super('the last message of the log is not the one expected')
    this.name = 'OutOfChain'
  }
}

/** Whether a writer ended because another one appends, and not because the log contradicts what it knows. */
export function isSuperseded(error: Error): boolean {
  return error instanceof Superseded || error instanceof OutOfChain
}
