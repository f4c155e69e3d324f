import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../../src/simulate/random.ts'
import type { Service } from '../support/service.ts'
import type { IngestAnswer, SentEvent } from '../support/world.ts'
import type { Source } from './traffic.ts'

/** What came of all requests of a campaign: every one is sent again until it is answered with 202. */
export interface Ledger {
  readonly requests: number
  readonly accepted: number
  readonly duplicates: number
  /** 503 by code of the error. */
  readonly refused: ReadonlyMap<string, number>
  /** Requests that were never answered: the connection broke. */
  readonly unanswered: number
  /** Answers that no promise allows, in words. */
  readonly differences: readonly string[]
}

export interface Sender extends Ledger {
  /** Sends batches until aborted, and what is under way until it is taken. */
  run(source: Source, random: Random, signal: AbortSignal, pace: { batch: number; pauseMs: number }): Promise<void>
  /** Sends events until they are taken. */
  send(events: readonly SentEvent[]): Promise<void>
}

const PATIENCE_MS = 30_000
const RETRY_MS = 250

/** Sends as a careful source does: the whole request again after 503, 429 or a broken connection. */
export function createSender(service: Service): Sender {
  const refused = new Map<string, number>()
  const differences: string[] = []
  let [requests, accepted, duplicates, unanswered] = [0, 0, 0, 0]

  async function post(body: string): Promise<Response | null> {
    requests += 1
    try {
      const headers = { 'content-type': 'application/x-ndjson' }
      const response = await service.request('/v1/events', { body, headers, signal: AbortSignal.timeout(PATIENCE_MS) })
      // The answer has come when it has come whole.
      const text = await response.text()
      return new Response(text, { status: response.status, headers: response.headers })
    } catch {
      unanswered += 1
      return null
    }
  }

  /** @param known all of it was taken before: nothing may be taken again */
  async function insist(events: readonly SentEvent[], known: boolean): Promise<void> {
    const body = events.map((event) => JSON.stringify(event)).join('\n')
    for (let attempt = 1; ; attempt++) {
      const response = await post(body)
      if (response?.status === 202) {
        const answer = (await response.json()) as IngestAnswer
        accepted += answer.accepted
        duplicates += answer.duplicates
        if (answer.accepted + answer.duplicates !== events.length || answer.rejected.length > 0)
          differences.push(`202 for ${events.length} events: ${JSON.stringify(answer).slice(0, 300)}`)
        if ((known && answer.accepted > 0) || (!known && attempt === 1 && answer.duplicates > 0))
          differences.push(
            `${known ? 'known' : 'new'} events, attempt ${attempt}: ${JSON.stringify(answer).slice(0, 300)}`,
          )
        return
      }
      if (response !== null) await noteRefusal(response)
      await sleep(response === null ? RETRY_MS : Math.min(1_000, retryAfterMs(response)))
    }
  }

  async function noteRefusal(response: Response): Promise<void> {
    const text = await response.text()
    const code = /"code":"([a-z.-]+)"/.exec(text)?.[1] ?? 'none'
    refused.set(code, (refused.get(code) ?? 0) + 1)
    if (response.status !== 503) differences.push(`${response.status} to good events: ${text.slice(0, 300)}`)
    else if (!(Number(response.headers.get('retry-after')) > 0)) differences.push(`503 ${code} without Retry-After`)
  }

  return {
    send: (events) => insist(events, false),
    async run(source, random, signal, { batch, pauseMs }) {
      const recent: SentEvent[][] = []
      while (!signal.aborted) {
        const events = source.make(random.between(1, batch))
        await insist(events, false)
        recent.push(events)
        if (recent.length > 20) recent.shift()
        // A source that lost its own note of what it sent.
        if (random.chance(0.05)) await insist(random.pick(recent), true)
        await sleep(pauseMs, undefined, { signal }).catch(() => {})
      }
    },
    get requests() {
      return requests
    },
    get accepted() {
      return accepted
    },
    get duplicates() {
      return duplicates
    },
    get unanswered() {
      return unanswered
    },
    refused,
    differences,
  }
}

function retryAfterMs(response: Response): number {
  return Number(response.headers.get('retry-after') ?? 1) * 1_000
}
