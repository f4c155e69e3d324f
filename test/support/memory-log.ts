import type { Append, AppendLog } from '../../src/ingest/writer/ports.ts'
import { AppendSuperseded, YujingError } from '../../src/model/errors.ts'
import type { LogMessage } from '../../src/model/log-message.ts'

/**
 * What goes wrong with the next append: refused as full; lost before the log took it; taken, but the answer lost; on its
 * way until the next append arrives, which comes after it.
 */
export type Fault = 'full' | 'lost' | 'answer-lost' | 'late'

/**
 * The log's rules in memory: Msg-Ids are unique, an append names the message before it or the last sequence. Each writer
 * has a connection of its own, whose chains are its own.
 */
export class MemoryLog {
  readonly epoch: string
  readonly messages: LogMessage[] = []
  readonly #msgIds = new Set<string>()
  readonly #faults: Fault[] = []
  readonly #reconnected: (() => void)[] = []
  #lastMsgId: string | null = null
  #late: Append | null = null
  #chains = 0
  #purgedTo = 0
  #wake: (() => void)[] = []
  /** The next read breaks off after one message. */
  breakRead = false
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

  onReconnect = (listener: () => void): (() => void) => {
    this.#reconnected.push(listener)
    return () => this.#reconnected.splice(this.#reconnected.indexOf(listener), 1)
  }

  /** Forgets the chain without telling anybody. */
  forget(): void {
    this.#msgIds.clear()
    this.#lastMsgId = null
  }

  purgeBelow(seq: number): void {
    this.#purgedTo = seq - 1
  }

  connect(): AppendLog {
    let chain = 0
    return {
      epoch: this.epoch,
      first: async () => this.#purgedTo + 1,
      last: async () => this.messages.length,
      append: (message) => {
        if (message.expectedLastSeq !== undefined) {
          this.#chains += 1
          chain = this.#chains
        }
        const named = (msgId: string): string => `${msgId}-${chain}`
        const before = message.expectedLastMsgId
        const expected = before === undefined ? {} : { expectedLastMsgId: named(before) }
        return this.#append({ ...message, ...expected, msgId: named(message.msgId) })
      },
      read: (fromSeq, signal) => this.#read(fromSeq, signal),
    }
  }

  async #append(message: Append): Promise<number> {
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

  async *#read(fromSeq: number, signal: AbortSignal): AsyncGenerator<LogMessage> {
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
        if (this.breakRead) {
          this.breakRead = false
          throw new YujingError('log.unavailable')
        }
      }
    }
  }

  #take({ kind, payload, msgId, count, expectedLastMsgId, expectedLastSeq }: Append): number {
    if (this.#msgIds.has(msgId)) throw new AppendSuperseded()
    if (expectedLastSeq !== undefined && expectedLastSeq !== this.messages.length) throw new AppendSuperseded()
    if (expectedLastMsgId !== undefined && expectedLastMsgId !== this.#lastMsgId) throw new AppendSuperseded()
    const seq = this.messages.length + 1
    this.messages.push({ seq, kind, count, payload })
    this.#msgIds.add(msgId)
    this.#lastMsgId = msgId
    for (const wake of this.#wake.splice(0)) wake()
    return seq
  }
}
