import { headers, type Msg, type NatsConnection } from '@nats-io/nats-core'
import { ERRORS, type ErrorCode, YujingError } from '../model/errors.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { ConnectionState } from './connection-state.ts'

/**
 * Questions from one process of the service to another, outside of every stream: nothing is kept, and who asks learns
 * by a timeout that nobody answered.
 */
export interface Calls {
  /**
   * Answers what others ask of the process at `address` under a name; a YujingError comes to the asker as it is. Ends by
   * the returned function.
   */
  answer(address: string, what: string, answer: (question: Uint8Array) => Promise<Uint8Array>): () => void
  /**
   * Asks. `log.unavailable` when the answer does not come in time or nobody listens at the address: whether the question
   * was heard is then unknown.
   */
  ask(address: string, what: string, question: Uint8Array, timeoutMs: number): Promise<Uint8Array>
  /** Most bytes of a question or an answer. */
  readonly mostBytes: number
}

const ERROR_HEADER = 'Yujing-Error'
/** Room for subject and headers in a message. */
const ENVELOPE_BYTES = 8 * 1024

const subjectOf = (address: string, what: string) => `yujing.replica.${address}.${what}`

/** Calls over a connection. */
export function createCalls(connection: NatsConnection, state: ConnectionState, logger: Logger): Calls {
  const mostBytes = (connection.info?.max_payload ?? 1024 * 1024) - ENVELOPE_BYTES

  async function respond(message: Msg, answer: (question: Uint8Array) => Promise<Uint8Array>): Promise<void> {
    try {
      message.respond(await answer(message.data))
    } catch (error) {
      const known = error instanceof YujingError ? error : new YujingError('internal')
      if (known !== error) logger.error({ err: error, subject: message.subject }, 'a question of a replica failed')
      const set = headers()
      set.set(ERROR_HEADER, known.code)
      message.respond(JSON.stringify({ message: known.message, details: known.details }), { headers: set })
    }
  }

  return {
    mostBytes,
    answer(address, what, answer) {
      const subscription = connection.subscribe(subjectOf(address, what), {
        callback: (error, message) => {
          if (error) logger.warn({ err: error, what }, 'a question of a replica cannot be heard')
          else void respond(message, answer).catch((late) => logger.debug({ err: late, what }, 'an answer is not sent'))
        },
      })
      return () => subscription.unsubscribe()
    },
    async ask(address, what, question, timeoutMs) {
      const answer = await state.ask(() =>
        connection.request(subjectOf(address, what), question, { timeout: timeoutMs }),
      )
      const code = answer.headers?.get(ERROR_HEADER)
      if (!code) return answer.data
      const { message, details } = answer.json<{ message: string; details?: unknown }>()
      throw new YujingError(code in ERRORS ? (code as ErrorCode) : 'internal', message, details)
    },
  }
}
