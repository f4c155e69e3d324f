import { ERRORS, type ErrorCode } from '../../src/model/errors.ts'
import type { IngestAnswer } from '../support/world.ts'
import { marksIn } from './marks.ts'
import type { WireAnswer } from './wire.ts'

interface ErrorBody {
  readonly error: { readonly code: string; readonly message: string; readonly details?: unknown }
}

/**
 * Holds an answer to the contract; throws naming what is wrong. A refusal carries a code of the table under its status,
 * a fault of the service (500) is never in order, and nothing that was sent about people comes back.
 */
export function checkAnswer({ status, headers, body }: WireAnswer): void {
  const wrong = (what: string): Error => new Error(`${what}: ${status} ${body.slice(0, 500)}`)
  const marks = marksIn(`${JSON.stringify(headers)} ${body}`)
  if (marks.length > 0) throw wrong(`the answer repeats ${marks.join(', ')}`)
  if (status >= 200 && status < 400) return
  const error = errorOf(body)
  if (error === null) throw wrong('a refusal not in our words')
  const entry = Object.hasOwn(ERRORS, error.code) ? ERRORS[error.code as ErrorCode] : null
  if (entry === null) throw wrong('a code that the table lacks')
  if (entry.status !== status) throw wrong(`the status of ${error.code} is ${entry.status}`)
  if (status === 500) throw wrong('a fault of the service')
  if ((status === 429 || status === 503) && headers['retry-after'] === undefined) throw wrong('no Retry-After')
  if (/\n\s+at /.test(body)) throw wrong('a stack')
}

function errorOf(body: string): ErrorBody['error'] | null {
  try {
    const { error } = JSON.parse(body) as Partial<ErrorBody>
    return typeof error?.code === 'string' && typeof error.message === 'string' ? error : null
  } catch {
    return null
  }
}

/** What became of the events of a request, or null when it was refused as a whole. */
export function outcomeOf({ status, body }: WireAnswer): IngestAnswer | null {
  if (status === 202) return JSON.parse(body) as IngestAnswer
  const details = errorOf(body)?.details
  return isOutcome(details) ? details : null
}

function isOutcome(details: unknown): details is IngestAnswer {
  return typeof details === 'object' && details !== null && 'rejected' in details
}
