import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import type { CloudEvent } from '../../src/simulate/cloud-event.ts'
import { createProvince } from '../../src/simulate/province.ts'
import { createHttpSend } from '../../src/simulate/send-http.ts'

const NOW = Date.parse('2026-11-23T10:00:00+08:00')
const EVENTS: CloudEvent[] = [...createProvince({ seed: '1', enterprises: 3, rate: 0, days: 0, start: NOW }).initial()]
const ALL_WELL = { accepted: 3, duplicates: 0, rejected: [] }

interface Request {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}
type Answer = (response: ServerResponse, number: number) => void

const servers: Server[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

/** A receiver on a free port that answers as told, and a sender to it whose sleep only counts. */
async function receiver(answer: Answer) {
  const requests: Request[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request.setEncoding('utf8')) body += chunk
    requests.push({ path: request.url ?? '', headers: request.headers, body })
    answer(response, requests.length)
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { requests, server, ...sender(url) }
}

function sender(url: string) {
  const slept: number[] = []
  const stopping = new AbortController()
  let now = NOW
  const send = createHttpSend({
    url,
    key: 'simulation-key-0123456789',
    clock: { now: () => now },
    sleep: async (ms) => {
      slept.push(ms)
      now += ms
    },
    signal: stopping.signal,
  })
  return { send, slept, stopping }
}

const json = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) =>
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
const error = (code: string, details?: unknown) => ({ error: { code, message: `it is ${code}`, details } })

test('a batch is one request of NDJSON to the door, with the key', async () => {
  const { send, requests } = await receiver((response) => json(response, 202, ALL_WELL))
  expect(await send(EVENTS)).toEqual({ accepted: 3, duplicates: 0, rejected: 0 })
  expect(requests).toHaveLength(1)
  expect(requests[0]?.path).toBe('/v1/events')
  expect(requests[0]?.headers).toMatchObject({
    authorization: 'Bearer simulation-key-0123456789',
    'content-type': 'application/x-ndjson',
  })
  expect(
    requests[0]?.body
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual(EVENTS)
})

describe('a busy service', () => {
  test('gets the same request again after the time it asked for', async () => {
    const { send, requests, slept } = await receiver((response, number) => {
      if (number === 1) json(response, 503, error('log.unavailable'), { 'retry-after': '3' })
      else if (number === 2)
        json(response, 429, error('rate.limited'), { 'retry-after': new Date(NOW + 8_000).toUTCString() })
      else if (number === 3) json(response, 503, error('log.full'))
      else json(response, 202, { accepted: 1, duplicates: 2, rejected: [] })
    })
    expect(await send(EVENTS)).toEqual({ accepted: 1, duplicates: 2, rejected: 0 })
    expect(slept).toEqual([3_000, 5_000, 1_000])
    expect(new Set(requests.map(({ body }) => body)).size).toBe(1)
  })

  test('is asked for as long as it takes', async () => {
    const { send, requests } = await receiver((response, number) => {
      if (number < 100) json(response, 503, error('log.full'), { 'retry-after': '60' })
      else json(response, 202, ALL_WELL)
    })
    expect(await send(EVENTS)).toMatchObject({ accepted: 3 })
    expect(requests).toHaveLength(100)
  })

  test('is left alone once the simulation is told to end', async () => {
    const { send, stopping, requests } = await receiver((response) => {
      stopping.abort()
      json(response, 503, error('log.full'))
    })
    expect(await send(EVENTS)).toBeNull()
    expect(requests).toHaveLength(1)
  })
})

describe('a service that restarts', () => {
  test('gets the same request again when the connection breaks', async () => {
    const { send, requests, slept } = await receiver((response, number) => {
      if (number < 3) response.destroy()
      else json(response, 202, ALL_WELL)
    })
    expect(await send(EVENTS)).toMatchObject({ accepted: 3 })
    expect(slept).toEqual([250, 500])
    expect(new Set(requests.map(({ body }) => body)).size).toBe(1)
  })

  test('is given up after a minute, named, with a remedy', async () => {
    const { server, slept, send } = await receiver(() => undefined)
    server.close()
    await expect(send(EVENTS)).rejects.toThrow(/cannot reach http:.*ECONNREFUSED.*--to/)
    expect(slept.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThanOrEqual(60_000)
  })
})

describe('refusals', () => {
  test('some events rejected: counted, the first named', async () => {
    const rejected = [{ index: 2, id: 'x', code: 'time.future', message: 'too early' }]
    const { send } = await receiver((response) => json(response, 202, { accepted: 2, duplicates: 0, rejected }))
    expect(await send(EVENTS)).toEqual({ accepted: 2, duplicates: 0, rejected: 1, refusal: 'time.future: too early' })
  })

  test('all events rejected: the answer is under error.details', async () => {
    const rejected = [0, 1, 2].map((index) => ({ index, id: null, code: 'data.invalid', message: 'no' }))
    const answer = error('data.invalid', { accepted: 0, duplicates: 0, rejected })
    const { send } = await receiver((response) => json(response, 400, answer))
    expect(await send(EVENTS)).toEqual({ accepted: 0, duplicates: 0, rejected: 3, refusal: 'data.invalid: no' })
  })

  test.each([
    [401, 'unauthenticated', '--key'],
    [403, 'forbidden', '--key'],
    [404, 'not-found', '--to'],
    [413, 'body.too-large', 'body.too-large'],
    [400, 'body.malformed', 'body.malformed'],
  ])('%d ends the simulation at once and says what to do', async (status, code, remedy) => {
    const { send, requests } = await receiver((response) => json(response, status, error(code)))
    await expect(send(EVENTS)).rejects.toThrow(remedy)
    expect(requests).toHaveLength(1)
  })

  test('the key is in no message', async () => {
    const { send } = await receiver((response) => json(response, 401, error('unauthenticated')))
    await expect(send(EVENTS)).rejects.not.toThrow('simulation-key')
  })
})
