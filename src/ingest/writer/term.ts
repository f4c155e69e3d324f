import type { Control, ControlEntry } from '../../model/control.ts'
import { YujingError } from '../../model/errors.ts'
import { catchUp } from './catch-up.ts'
import { withDeadline } from './deadline.ts'
import type { Append, AppendLog } from './ports.ts'
import { followControl, type WriterState } from './writer-state.ts'

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
  #opened = 0

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
      await this.#read(this.#opened > 0)
      const seq = this.#state.seq + 1
      const opening = this.#message({ type: 'yujing.writer', data: { instance: this.#instance } }, seq, at())
      try {
        await this.#send({ ...opening, expectedLastSeq: this.#state.seq })
      } catch (error) {
        if (isOutOfChain(error)) continue
        throw error
      }
      // An append of before may have arrived late under the same Msg-Id, which the server then answers as a repetition:
      // only what is read back is known.
      this.#opened += 1
      if (await this.#read(true)) {
        this.#held = true
        return
      }
    }
    throw new Superseded('the log kept moving')
  }

  /** Appends a control entry and follows it; returns its sequence. */
  async control(control: Control, at: number): Promise<number> {
    const seq = this.#state.seq + 1
    await this.#append(this.#message(control, seq, at))
    followControl(this.#state, this.#entry(control, seq, at))
    this.#state.seq = seq
    return seq
  }

  /** Appends rows that say the next sequence; the state is left to the caller, who knows what they hold. */
  async rows(payload: Uint8Array, count: number): Promise<void> {
    await this.#append({ kind: 'rows', payload, msgId: this.#msgId(this.#state.seq + 1), count })
  }

  async #append(message: Append): Promise<void> {
    try {
      const seq = await this.#send({ ...message, expectedLastMsgId: this.#msgId(this.#state.seq) })
      if (seq !== this.#state.seq + 1) throw new Superseded(`sequence ${seq} was given for ${this.#state.seq + 1}`)
    } catch (error) {
      // A full log has certainly not taken it: the chain goes on. In all other cases nobody knows.
      if (!(error instanceof YujingError && error.code === 'log.full')) this.lose()
      throw isOutOfChain(error) ? new OutOfChain() : error
    }
  }

  #send(message: Append): Promise<number> {
    const late = (): Error => new YujingError('log.unavailable')
    return withDeadline(this.#log.append(message), this.#patienceMs, late)
  }

  /** Reads to the end; true when the last term there is this writer's own. */
  async #read(ownOnly: boolean): Promise<boolean> {
    const terms = await catchUp(this.#state, this.#log)
    const other = terms.find(({ data }) => data.instance !== this.#instance)
    if (ownOnly && other !== undefined) throw new Superseded(other.data.instance)
    return terms.length > 0 && other === undefined
  }

  #entry(control: Control, seq: number, at: number): ControlEntry {
    return { ...control, epoch: this.#log.epoch, seq, at }
  }

  #message(control: Control, seq: number, at: number): Append {
    const payload = Buffer.from(JSON.stringify(this.#entry(control, seq, at)))
    return { kind: 'control', payload, msgId: this.#msgId(seq), count: 1 }
  }

  #msgId(seq: number): string {
    return `${this.#log.epoch}-${seq}`
  }
}

/** The chain broke without a sign of another writer yet: read back, then try again. */
export class OutOfChain extends Error {
  constructor() {
    super('the last message of the log is not the one expected')
    this.name = 'OutOfChain'
  }
}
