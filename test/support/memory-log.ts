import type { Append, AppendLog } from '../../src/ingest/writer/ports.ts'
import { AppendSuperseded, YujingError } from '../../src/model/errors.ts'
import type { LogMessage } from '../../src/model/log-message.ts'

/**
 * What goes wrong with the next append: refused as full; lost before the log took it; taken, but the answer lost; on its
 * way until the next append arrives, which comes after it.
 */
export type Fault = 'full' | 'lost' | 'answer-lost' | 'late'

/** The log's rules in memory: Msg-Ids are unique, an append names the message before it or the last sequence. */
export class MemoryLog implements AppendLog {
  readonly epoch: string
  readonly messages: LogMessage[] = []
  readonly #msgIds = new Map<string, number>()
  readonly #faults: Fault[] = []
  readonly #reconnected: (() => void)[] = []
  #lastMsgId: string | null = null
  #late: Append | null = null
  #purgedTo = 0
  #wake: (() => void)[] = []
  /** Makes every append wait, so that others gather behind it. */
  gate: Promise<void> = Promise.resolve()

  constructor(epoch = '0123456789abcdef') {
    this.epoch = epoch
  }

  /** Faults of the next appends, in order. */
  fail(...faults: Fault[]): void {
    this.#faults.push(...faults)
  }

  /** The server comes back long after: it no longer knows Msg-Ids. */
  restart(): void {
    this.#msgIds.clear()
    this.#lastMsgId = null
    for (const listener of this.#reconnected) listener()
  }

  onReconnect = (listener: () => void): void => {
    this.#reconnected.push(listener)
  }

  /** Forgets the chain without telling anybody. */
  forget(): void {
    this.#msgIds.clear()
    this.#lastMsgId = null
  }

  purgeBelow(seq: number): void {
    this.#purgedTo = seq - 1
  }

  async first(): Promise<number> {
    return this.#purgedTo + 1
  }

  async last(): Promise<number> {
    return this.messages.length
  }

  async append(message: Append): Promise<number> {
    const fault = this.#faults.shift()
    await this.gate
    if (this.#late !== null) {
      const late = this.#late
      this.#late = null
      try {
        this.#take(late)
      } catch {
        // Out of the chain by now: its sender has long given up on it.
      }
    }
    switch (fault) {
      case undefined:
        return this.#take(message)
      case 'full':
        throw new YujingError('log.full')
      case 'answer-lost':
        this.#take(message)
        throw new YujingError('log.unavailable')
      case 'late':
        this.#late = message
        throw new YujingError('log.unavailable')
      case 'lost':
        throw new YujingError('log.unavailable')
    }
  }

  async *read(fromSeq: number, signal: AbortSignal): AsyncGenerator<LogMessage> {
    for (let seq = fromSeq; !signal.aborted; ) {
      const message = this.messages[seq - 1]
      if (message === undefined) {
        await new Promise<void>((resolve) => {
          this.#wake.push(resolve)
          signal.addEventListener('abort', () => resolve(), { once: true })
        })
      } else {
        seq += 1
        yield message
      }
    }
  }

  #take({ kind, payload, msgId, count, expectedLastMsgId, expectedLastSeq }: Append): number {
    const known = this.#msgIds.get(msgId)
    if (known !== undefined) return known
    if (expectedLastSeq !== undefined && expectedLastSeq !== this.messages.length) throw new AppendSuperseded()
    if (expectedLastMsgId !== undefined && expectedLastMsgId !== this.#lastMsgId) throw new AppendSuperseded()
    const seq = this.messages.length + 1
    this.messages.push({ seq, kind, count, payload })
    this.#msgIds.set(msgId, seq)
    this.#lastMsgId = msgId
    for (const wake of this.#wake.splice(0)) wake()
    return seq
  }
}
