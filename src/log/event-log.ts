import { randomBytes } from 'node:crypto'
import { AppendSuperseded, YujingError } from '../model/errors.ts'
import type { LogMessage } from '../model/log-message.ts'
import { appendHeaders, COUNT_HEADER } from './append-headers.ts'
import type { LogParts } from './log-parts.ts'
import { readOrdered } from './ordered-reader.ts'
import { EVENTS } from './streams.ts'

/** One message for the log. */
export interface Append {
  readonly kind: 'rows' | 'control'
  readonly payload: Uint8Array
  /** `<epoch>-<seq>`. */
  readonly msgId: string
  /** Rows in the payload; 1 for a control entry. */
  readonly count: number
  /** `msgId` of the append before, of this chain. */
  readonly expectedLastMsgId?: string
  /** Last sequence the writer has read: begins a chain, as the first append of a term and of each reconnect must. */
  readonly expectedLastSeq?: number
}

/** The log: a numbered, gapless, durable row of messages. */
export interface EventLog {
  /** Minted with the stream, 16 hex digits. */
  readonly epoch: string
  /** Lowest sequence that is still there; the next one to come when all are purged. */
  first(): Promise<number>
  /** Highest sequence ever given, 0 when the log has never held anything. */
  last(): Promise<number>
  /**
   * Resolves with the sequence once the server has it. Calls are sent in the order in which they are made and may
   * overlap: each names its predecessor, so that after one failed all that follow fail too.
   *
   * Rejects with `AppendSuperseded` (the end of the log is not what was expected; also whatever was sent behind a
   * message that failed), `log.full`, or `log.unavailable`: then it is unknown whether the log has it, and the writer
   * reads the end of the log before it begins a new chain.
   */
  append(message: Append): Promise<number>
  /**
   * Every message from a sequence on, without end; goes on by itself after a reconnect. Throws `LogBroken` when a message
   * is missing (purged, or lost by the server): nothing is ever skipped silently. Ends when aborted.
   */
  read(fromSeq: number, signal: AbortSignal): AsyncIterable<LogMessage>
  /** One message, or null when it is not there; with several servers perhaps not yet, for a moment. */
  get(seq: number): Promise<LogMessage | null>
  /** Gives up every message below a sequence. */
  purgeBelow(seq: number): Promise<void>
  /** False once the server came back without messages that it had acknowledged: nothing may be built on such a log. */
  intact(): boolean
}

/** The log does not continue where it must: a message is missing, or the server has lost its end. Not for retrying. */
export class LogBroken extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'LogBroken'
  }
}

const APPEND_TIMEOUT_MS = 5_000
const READ_AHEAD = 64
const SUBJECTS = { rows: 'yujing.events.rows', control: 'yujing.events.control' } as const

/** The log over a connection whose streams exist. */
export function createEventLog(parts: LogParts, epoch: string): EventLog {
  const { jetstream, manager, state, logger } = parts
  const streamState = async () => (await state.ask(() => manager.streams.info(EVENTS))).state
  let chain: string | null = null
  let highest = 0
  let broken: LogBroken | null = null

  async function checkEnd(): Promise<void> {
    // Taken before the question: while the answer is on its way the log may grow.
    const known = highest
    const { last_seq } = await streamState()
    if (last_seq >= known) return
    broken = new LogBroken(`the server has lost messages ${last_seq + 1} to ${known}, which it had acknowledged`)
    logger.error({ last: last_seq, known }, broken.message)
  }
  state.onReconnect(() => {
    checkEnd().catch((error) => logger.warn({ err: error }, 'the end of the log cannot be checked'))
  })

  return {
    epoch,
    async first() {
      return Math.max(1, (await streamState()).first_seq)
    },
    async last() {
      return (await streamState()).last_seq
    },
    async append(message) {
      if (broken) throw broken
      if (message.expectedLastSeq !== undefined) chain = randomBytes(4).toString('hex')
      if (chain === null) throw new YujingError('internal', 'a chain of appends begins with expectedLastSeq')
      const options = { headers: appendHeaders(message, chain), timeout: APPEND_TIMEOUT_MS }
      const send = () => jetstream.publish(SUBJECTS[message.kind], message.payload, options)
      const { seq, duplicate } = await state.ask(send)
      if (duplicate) throw new AppendSuperseded()
      highest = Math.max(highest, seq)
      return seq
    },
    async *read(fromSeq, signal) {
      let next = fromSeq
      const read = { stream: EVENTS, from: fromSeq, signal, ahead: READ_AHEAD }
      for await (const message of readOrdered(parts, read)) {
        if (broken) throw broken
        if (message.seq !== next) throw new LogBroken(`the log goes on at ${message.seq} where ${next} is due`)
        next += 1
        highest = Math.max(highest, message.seq)
        yield toLogMessage(message.seq, message.subject, message.headers?.get(COUNT_HEADER), message.data)
      }
    },
    async get(seq) {
      const message = await state.ask(() => manager.direct.getMessage(EVENTS, { seq }))
      return message && toLogMessage(seq, message.subject, message.header.get(COUNT_HEADER), message.data)
    },
    async purgeBelow(seq) {
      await state.ask(() => manager.streams.purge(EVENTS, { seq }))
    },
    intact: () => broken === null,
  }
}

/** The same log, to which nothing is appended unless `may` says so at that moment: then `log.unavailable`. */
export function appendingWhile(may: () => boolean, log: EventLog): EventLog {
  return {
    ...log,
    async append(message) {
      if (!may()) throw new YujingError('log.unavailable', 'This process no longer is the one that appends.')
      return await log.append(message)
    },
  }
}

/** The same log, that calls back with each batch of rows it has taken. */
export function tellingWhatIsAppended(log: EventLog, tell: (seq: number, payload: Uint8Array) => void): EventLog {
  return {
    ...log,
    async append(message) {
      const seq = await log.append(message)
      if (message.kind === 'rows') tell(seq, message.payload)
      return seq
    },
  }
}

function toLogMessage(seq: number, subject: string, count: string | undefined, payload: Uint8Array): LogMessage {
  return { seq, kind: subject === SUBJECTS.control ? 'control' : 'rows', count: Number(count), payload }
}
