import { env } from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually, type Service, startService } from '../support/service.ts'
import { checkAnswer, outcomeOf } from './answers.ts'
import { bodies } from './bodies.ts'
import { conversations, say } from './frames.ts'
import { HEAVY_CASES, packed } from './heavy.ts'
import { checkLedger, counter, emptyTally, enter, quarantineList } from './ledger.ts'
import { marksIn } from './marks.ts'
import { PEAK_MIB, REST_MIB, residentMiB, watchMemory } from './memory.ts'
import { type Route, routeRequests } from './routes.ts'
import { converse, exchange, open, WIRE_CASES } from './wire.ts'

interface Readiness {
  readonly ready: boolean
  readonly degraded: readonly string[]
}

const minutes = Number(env.YUJING_FUZZ_MINUTES ?? 0)
const seed = Number(env.YUJING_FUZZ_SEED ?? 20_261_124)
/** The short run counts requests, so that it is the same on any machine; the long one lives by its time. */
const runs = (short: number, share: number) =>
  minutes === 0
    ? { seed, numRuns: short }
    : { seed, numRuns: 1e9, interruptAfterTimeLimit: minutes * 60_000 * share, markInterruptAsFailure: false }
const CONNECTIONS = minutes === 0 ? 600 : 3_000

describe('nonsense', { timeout: 180_000 + minutes * 120_000 }, () => {
  const lines: string[] = []
  const tally = emptyTally()
  let service: Service
  let memory: ReturnType<typeof watchMemory>
  let auth: readonly [string, string]

  beforeAll(async () => {
    service = await startService({ env: { YUJING_LOG_LEVEL: 'debug' }, onLine: (line) => lines.push(line) })
    memory = watchMemory(service.pid)
    auth = ['Authorization', `Bearer ${service.adminKey}`]
  })
  afterAll(async () => {
    memory?.stop()
    await service?.stop()
  })

  async function post(headers: readonly (readonly [string, string])[], body: Buffer) {
    const answer = await exchange(service.url, {
      method: 'POST',
      path: '/v1/events',
      headers: [auth, ...headers],
      body,
    })
    if (answer === null) throw new Error('no answer')
    checkAnswer(answer)
    const outcome = outcomeOf(answer)
    if (outcome) enter(tally, outcome)
    return { answer, outcome }
  }

  it('in the bodies of events is answered event by event', async () => {
    await fc.assert(
      fc.asyncProperty(bodies(`f${seed}`), async ({ headers, bytes, events }) => {
        const { answer, outcome } = await post(headers, bytes)
        if (events === null || events === 0) return
        if (outcome === null) throw new Error(`refused as a whole: ${answer.status} ${answer.body}`)
        expect(outcome.accepted + outcome.duplicates + outcome.rejected.length).toBe(events)
      }),
      runs(800, 0.5),
    )
    expect(tally.stored).toBeGreaterThan(0)
    expect(tally.quarantined.size).toBeGreaterThan(minutes === 0 ? 5 : 8)
  })

  it.each(HEAVY_CASES)('of %s costs no more than allowed', async (_name, type, make, isPacked, status) => {
    const body = Buffer.from(make())
    const headers = [['Content-Type', type], ...(isPacked ? [['Content-Encoding', 'gzip'] as const] : [])] as const
    const { answer } = await post(headers, isPacked ? packed(body) : body)
    expect(answer.status).toBe(status)
  })

  it('from many at once stays within memory', async () => {
    const bomb = packed(`[[${'[],'.repeat(5e6)}[]]]`)
    const headers = [
      ['Content-Type', 'application/cloudevents-batch+json'],
      ['Content-Encoding', 'gzip'],
    ] as const
    await Promise.all(Array.from({ length: 8 }, () => post(headers, bomb)))
  })

  it('on every route is answered in our words', async () => {
    const { paths } = (await (await service.request('/docs/json')).json()) as { paths: Record<string, object> }
    const routes: Route[] = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
    )
    await fc.assert(
      fc.asyncProperty(routeRequests(routes, service.adminKey), async (request) => {
        const answer = await exchange(service.url, request)
        if (answer === null) throw new Error('no answer')
        if (request.method === 'HEAD') expect(answer.status).not.toBe(500)
        else checkAnswer(answer)
      }),
      runs(500, 0.25),
    )
  })

  it.each(WIRE_CASES)('on the wire, %s, is refused', async (_name, bytes) => {
    const answer = await converse(service.url, [bytes.startsWith('\x16') ? `${bytes}\r\n\r\n` : bytes])
    if (answer === null) return
    checkAnswer(answer)
    expect(answer.status).toBeGreaterThanOrEqual(400)
  })

  it('in frames of the live feed closes the socket and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(conversations, (frames) => say(service.url, service.adminKey, frames)),
      runs(120, 0.2),
    )
    await eventually('no live client left', async () => (await gauge('yujing_live_clients')) === 0)
  })

  it('in thousands of connections that say nothing, or half of something, keeps nobody else out', async () => {
    const half = `POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${service.adminKey}\r\nContent-Type: application/x-ndjson\r\nContent-Length: 5000000\r\n\r\n{`
    const sockets = Array.from({ length: CONNECTIONS }, (_, n) => {
      const socket = open(service.url).on('error', () => {})
      if (n % 3 === 1) socket.write('GET / HTTP/1.1\r\nX: ')
      if (n % 3 === 2) socket.write(half)
      if (n % 5 === 0) socket.end()
      return socket
    })
    await Promise.all(sockets.map((socket) => new Promise((done) => socket.once('connect', done).once('close', done))))
    expect((await fetch(`${service.url}/healthz`)).status).toBe(200)
    const { outcome } = await post([['Content-Type', 'application/x-ndjson']], Buffer.from('{}'))
    expect(outcome?.rejected).toHaveLength(1)
    for (const socket of sockets) socket.destroy()
  })

  it('loses and doubles nothing', async () => {
    await checkLedger(service, tally)
  })

  it('is counted by code', async () => {
    const refused = await counter(service, 'yujing_requests_refused_total', 'code')
    for (const code of ['body.malformed', 'body.too-large', 'body.media-type', 'unauthenticated', 'not-found'])
      expect(refused.get(code), code).toBeGreaterThan(0)
    expect(refused.get('internal')).toBeUndefined()
  })

  it('leaves no trace of people or keys, and no fault of the service, in the log', async () => {
    const { text } = await quarantineList(service)
    expect(marksIn(text)).toEqual([])
    expect(lines.filter((line) => marksIn(line).length > 0 || line.includes(service.adminKey))).toEqual([])
    expect(lines.filter((line) => /"level":"(error|fatal)"/.test(line))).toEqual([])
  })

  it('leaves the service well and its memory bounded', async () => {
    // A busy machine may have cost a lease; it comes back by itself.
    await eventually('readiness', async () => {
      const { ready, degraded } = (await (await fetch(`${service.url}/readyz`)).json()) as Readiness
      return ready && degraded.length === 0
    })
    expect(memory.peakMiB()).toBeLessThan(PEAK_MIB)
    await eventually('memory at rest', async () => {
      await sleep(500)
      return residentMiB(service.pid) < REST_MIB
    })
    console.log(
      `nonsense: seed ${seed}, peak ${Math.round(memory.peakMiB())} MiB, at rest ${Math.round(residentMiB(service.pid))} MiB, stored ${tally.stored}, duplicate ${tally.duplicate}, quarantined ${[...tally.quarantined.values()].reduce((a, b) => a + b, 0)} under ${tally.quarantined.size} codes`,
    )
  })

  async function gauge(name: string): Promise<number> {
    const text = await (await service.request('/metrics')).text()
    return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN)
  }
})
