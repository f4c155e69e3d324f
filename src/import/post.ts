import { setTimeout as wait } from 'node:timers/promises'
import { type Static, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import type { Clock } from '../telemetry/clock.ts'
import { ImportError } from './faults.ts'

/** The service that is imported into. */
export interface Target {
  /** Its address, e.g. `http://127.0.0.1:8080`. */
  readonly url: string
  readonly key: string
}

const Answer = Type.Object({
  accepted: Type.Integer(),
  duplicates: Type.Integer(),
  rejected: Type.Array(
    Type.Object({ index: Type.Integer(), code: Type.String(), message: Type.String() }, { additionalProperties: true }),
  ),
  /** Places of the duplicates in the request. */
  known: Type.Array(Type.Integer()),
})
/** What the door made of the events of one request. */
export type Answer = Static<typeof Answer>

const Failure = Type.Object({
  error: Type.Object({ code: Type.String(), message: Type.String(), details: Type.Optional(Type.Unknown()) }),
})

const REQUEST_MS = 120_000
/** How long a service that cannot be reached (it may be restarting) is tried again. */
const GIVE_UP_MS = 120_000
const FIRST_RETRY_MS = 250
const SLOWEST_RETRY_MS = 10_000

/**
 * Sends events in the batch lane until it is known what became of each. On 429 and 503 the same request goes again after
 * the time that Retry-After says, for as long as it takes: what had arrived counts as duplicates. Null when aborted
 * before that.
 *
 * @throws ImportError when sending again would not help, or nobody is reached for two minutes
 */
export async function post(
  target: Target,
  lines: readonly string[],
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<Answer | null> {
  const url = new URL('/v1/events?lane=batch&list=duplicates', target.url).href
  const body = `${lines.join('\n')}\n`
  let unreachableSince: number | null = null
  for (let attempt = 0; ; attempt++) {
    const answer = await ask(url, target.key, 'POST', 'application/x-ndjson', body)
    if (!(answer instanceof Error)) {
      if (answer.status === 202 || answer.status === 400) return answerOf(valueIn(answer.text))
      if (answer.status !== 429 && answer.status < 500) throw refusal(url, answer)
    }
    const retryAfter = answer instanceof Error ? null : retryAfterMs(answer, clock.now())
    if (retryAfter !== null) unreachableSince = null
    else {
      unreachableSince ??= clock.now()
      if (clock.now() - unreachableSince >= GIVE_UP_MS) throw unreachable(url, answer)
    }
    if (signal.aborted) return null
    await wait(retryAfter ?? Math.min(FIRST_RETRY_MS * 2 ** attempt, SLOWEST_RETRY_MS), undefined, { signal }).catch(
      () => undefined,
    )
    if (signal.aborted) return null
  }
}

/** A whole answer, whatever its status. */
interface Answered {
  readonly status: number
  readonly retryAfter: string | null
  readonly text: string
}

/** One request with a JSON body. An Error when nobody answered, or the answer broke off. */
export async function ask(
  url: string,
  key: string,
  method: string,
  contentType: string,
  body: string,
): Promise<Answered | Error> {
  try {
    const response = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': contentType },
      body,
      signal: AbortSignal.timeout(REQUEST_MS),
    })
    const { status, headers } = response
    return { status, retryAfter: headers.get('retry-after'), text: await response.text() }
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

function valueIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Milliseconds to wait by Retry-After (seconds or a date) of a 429 or 503, one second without it; null for others. */
function retryAfterMs({ status, retryAfter }: Answered, now: number): number | null {
  if (status !== 429 && status !== 503) return null
  const header = retryAfter ?? '1'
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - now
  return Number.isFinite(ms) ? Math.max(ms, 0) : 1_000
}

/** 202, or 400 with the same body under `error.details` when every event was rejected. */
function answerOf(body: unknown): Answer {
  const answer = Value.Check(Failure, body) ? body.error.details : body
  if (Value.Check(Answer, answer)) return answer
  const text = Value.Check(Failure, body) ? `${body.error.code}: ${body.error.message}` : 'an unknown answer'
  throw new ImportError(`the service refused a request as a whole: ${text}`)
}

const REMEDIES: Readonly<Record<number, string>> = {
  401: ' Give a key: YUJING_KEY in the environment, or --key-file.',
  403: ' Give a key that may send (role ingest or admin; `yujing key add`).',
  404: ' Give the address of a Yujing service with --to.',
}

/** What a status means that no repetition mends. */
export function refusal(url: string, { status, text }: Answered): ImportError {
  const body = valueIn(text)
  const said = Value.Check(Failure, body) ? `${body.error.code}: ${body.error.message}` : `HTTP ${status}`
  return new ImportError(`${url} answered ${said}${REMEDIES[status] ?? ''}`)
}

function unreachable(url: string, answer: Answered | Error): ImportError {
  const cause = answer instanceof Error ? String(answer.cause ?? answer.message) : `HTTP ${answer.status}`
  return new ImportError(`cannot reach ${url} (${cause}); when it is back, the same command goes on where it was`)
}
