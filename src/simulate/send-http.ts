import { type Static, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import type { Clock } from '../telemetry/clock.ts'
import type { Receipt, Send } from './run.ts'

export interface HttpReceiverOptions {
  /** The service, e.g. `http://127.0.0.1:8080`; a path other than `/` is taken as the door itself. */
  readonly url: string
  /** API key with the right to send for `/simulated`, backfill included. */
  readonly key: string
  readonly clock: Clock
  readonly sleep: (ms: number) => Promise<void>
  readonly signal: AbortSignal
}

/** The service does not take what the simulator sends, and sending it again would not help; names cause and remedy. */
export class ReceiverError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'ReceiverError'
  }
}

const Answer = Type.Object({
  accepted: Type.Number(),
  duplicates: Type.Number(),
  rejected: Type.Array(Type.Object({ code: Type.String(), message: Type.String() })),
})
const ErrorAnswer = Type.Object({
  error: Type.Object({ code: Type.String(), message: Type.String(), details: Type.Optional(Type.Unknown()) }),
})

const REQUEST_MS = 60_000
/** How long a service that cannot be reached (it may be restarting) is tried again before the simulator gives up. */
const GIVE_UP_MS = 60_000
const FIRST_RETRY_MS = 250
const SLOWEST_RETRY_MS = 5_000

/**
 * A receiver that is a running service: `POST /v1/events`, NDJSON. On 429 and 503 the same request is sent again after
 * the time that Retry-After says, for as long as it takes: what had arrived counts as duplicates. Aborted while it waits,
 * it leaves the batch: nothing of it is known to be lost or stored.
 */
export function createHttpSend(options: HttpReceiverOptions): Send {
  const door = doorOf(options.url)
  return async (events) => {
    const body = events.map((event) => `${JSON.stringify(event)}\n`).join('')
    let unreachableSince: number | null = null
    for (let attempt = 0; ; attempt++) {
      const answer = await post(door, options.key, body)
      if (!(answer instanceof Error)) {
        if (answer.status === 202 || answer.status === 400) return receipt(await answer.json())
        if (answer.status !== 429 && answer.status < 500) throw await refused(door, answer)
        await answer.body?.cancel()
      }
      const retryAfter = answer instanceof Error ? null : retryAfterMs(answer, options.clock.now())
      if (retryAfter === null) {
        unreachableSince ??= options.clock.now()
        if (options.clock.now() - unreachableSince >= GIVE_UP_MS) throw unreachable(door, answer)
      } else unreachableSince = null
      if (!options.signal.aborted) {
        await options.sleep(retryAfter ?? Math.min(FIRST_RETRY_MS * 2 ** attempt, SLOWEST_RETRY_MS))
      }
      if (options.signal.aborted) return null
    }
  }
}

function doorOf(url: string): string {
  const parsed = new URL(url)
  if (parsed.pathname === '/') parsed.pathname = '/v1/events'
  return parsed.href
}

async function post(door: string, key: string, body: string): Promise<Response | Error> {
  try {
    return await fetch(door, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/x-ndjson' },
      body,
      signal: AbortSignal.timeout(REQUEST_MS),
    })
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

/** Milliseconds to wait by Retry-After (seconds or a date) of a 429 or 503, one second without it; null for others. */
function retryAfterMs(response: Response, now: number): number | null {
  if (response.status !== 429 && response.status !== 503) return null
  const header = response.headers.get('retry-after') ?? '1'
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - now
  return Number.isFinite(ms) ? Math.max(ms, 0) : 1_000
}

/** 202, or 400 with the same body under `error.details` when every event was rejected. */
function receipt(body: unknown): Receipt {
  const answer = Value.Check(ErrorAnswer, body) ? body.error.details : body
  if (!Value.Check(Answer, answer)) {
    const text = Value.Check(ErrorAnswer, body) ? `${body.error.code}: ${body.error.message}` : 'an unknown answer'
    throw new ReceiverError(`the service refused the request: ${text}`)
  }
  const { accepted, duplicates, rejected }: Static<typeof Answer> = answer
  const first = rejected[0]
  return {
    accepted,
    duplicates,
    rejected: rejected.length,
    ...(first !== undefined && { refusal: `${first.code}: ${first.message}` }),
  }
}

async function refused(door: string, response: Response): Promise<ReceiverError> {
  const body: unknown = await response.json().catch(() => null)
  const text = Value.Check(ErrorAnswer, body) ? `${body.error.code}: ${body.error.message}` : `HTTP ${response.status}`
  const remedy =
    response.status === 401 || response.status === 403
      ? ' Give a key that may send (--key or YUJING_KEY).'
      : response.status === 404
        ? ' Give the address of a Yujing service with --to.'
        : ''
  return new ReceiverError(`${door} answered ${text}${remedy}`)
}

function unreachable(door: string, answer: Response | Error): ReceiverError {
  const cause = answer instanceof Error ? String(answer.cause ?? answer.message) : `HTTP ${answer.status}`
  return new ReceiverError(`cannot reach ${door} (${cause}); start the service or give its address with --to`)
}
