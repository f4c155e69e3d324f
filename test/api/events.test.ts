import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HTTP_LIMITS } from '../../src/api/limits.ts'
import { type ErrorCode, YujingError } from '../../src/model/errors.ts'
import { cloudEvent, createSetting } from '../ingest/setting.ts'
import { BOOTSTRAP_KEY, type House, openHouse } from './house.ts'

/** The real door and writer behind the real interface. */
const setting = createSetting()
let house: House
let failure: ErrorCode | null = null

beforeAll(async () => {
  await setting.writer.start()
  const door: typeof setting.door = {
    async accept(request) {
      if (failure !== null) throw new YujingError(failure)
      return setting.door.accept(request)
    },
    keep: (refused) => setting.door.keep(refused),
    acceptAll: (...given) => setting.door.acceptAll(...given),
    stop: () => setting.door.stop(),
  }
  house = await openHouse({ parts: { door } })
})
afterAll(async () => {
  await house.closes()
  await setting.writer.stop()
})

const STRUCTURED = 'application/cloudevents+json'
const BATCH = 'application/cloudevents-batch+json'
const LINES = 'application/x-ndjson'

function send(type: string, body: string | Uint8Array, more: { key?: string; headers?: Record<string, string> } = {}) {
  const { key = BOOTSTRAP_KEY, headers = {} } = more
  return house.ask('POST', '/v1/events', {
    key,
    headers: { ...(type === '' ? {} : { 'content-type': type }), ...headers },
    body,
  })
}

describe('POST /v1/events', () => {
  test('takes one event, a batch, lines and binary mode', async () => {
    const event = JSON.stringify(cloudEvent('complaint.filed'))
    expect((await send(STRUCTURED, event)).json()).toEqual({ accepted: 1, duplicates: 0, rejected: [], reused: [] })
    const two = [cloudEvent('complaint.filed'), cloudEvent('complaint.filed')]
    expect((await send(BATCH, JSON.stringify(two))).json()).toMatchObject({ accepted: 2 })
    const lines = `${event}\n\n${JSON.stringify(cloudEvent('complaint.filed'))}\n`
    const answer = await send(LINES, lines)
    expect(answer.status).toBe(202)
    expect(answer.json()).toMatchObject({ accepted: 1, duplicates: 1 })
    const { data, ...attributes } = cloudEvent('complaint.filed')
    const headers = Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`ce-${name}`, `${value}`]))
    expect((await send('application/json', JSON.stringify(data), { headers })).json()).toMatchObject({ accepted: 1 })
  })

  test('takes gzip', async () => {
    const body = gzipSync(JSON.stringify(cloudEvent('complaint.filed')))
    expect((await send(STRUCTURED, body, { headers: { 'content-encoding': 'gzip' } })).status).toBe(202)
  })

  test('all duplicates is still 202; refused among accepted ones are named', async () => {
    const event = cloudEvent('complaint.filed')
    await send(STRUCTURED, JSON.stringify(event))
    const again = await send(STRUCTURED, JSON.stringify(event))
    expect([again.status, again.json().duplicates]).toEqual([202, 1])
    const mixed = await send(BATCH, JSON.stringify([event, cloudEvent('complaint.filed', { region: '999999' })]))
    expect(mixed.status).toBe(202)
    expect(mixed.json().rejected).toMatchObject([{ index: 1, code: 'region.unknown' }])
  })

  test('400 when every event was refused, with the whole answer under details', async () => {
    const answer = await send(STRUCTURED, JSON.stringify(cloudEvent('complaint.filed', { region: '999999' })))
    expect(answer.status).toBe(400)
    expect(answer.json().error).toMatchObject({
      code: 'region.unknown',
      details: { accepted: 0, duplicates: 0, rejected: [{ index: 0, code: 'region.unknown' }] },
    })
  })

  test.each([
    ['no JSON', STRUCTURED, '{', 400, 'body.malformed'],
    ['nothing', STRUCTURED, '', 400, 'body.malformed'],
    ['an unknown type', 'text/csv', 'a,b', 415, 'body.media-type'],
    ['no type at all', '', new Uint8Array([123]), 415, 'body.media-type'],
  ])('%s', async (_what, type, body, status, code) => {
    const answer = await send(type, body)
    expect([answer.status, answer.json().error.code]).toEqual([status, code])
  })

  test('a body that is refused is kept under the key that sent it; of one that nobody sent nothing is', async () => {
    const kept = () => setting.quarantine.entries.length
    const before = kept()
    await send('text/csv', 'a,b,c')
    expect(setting.quarantine.entries.at(-1)).toMatchObject({ code: 'body.media-type', sender: 'bootstrap', id: null })
    await send('text/csv', 'a,b,c', { key: 'nobody' })
    await send(LINES, new Uint8Array(HTTP_LIMITS.eventsBodyBytes + 1).fill(32), { key: 'nobody' }).catch(() => null)
    expect(kept()).toBe(before + 1)
    setting.quarantine.room = 0
    const answer = await send('text/csv', 'a,b,c')
    setting.quarantine.room = Number.POSITIVE_INFINITY
    expect([answer.status, answer.json().error.code]).toEqual([503, 'log.unavailable'])
  })

  test('over 10 MiB is 413, and the sender gets to read it', async () => {
    for (const size of [HTTP_LIMITS.eventsBodyBytes + 1, 3 * HTTP_LIMITS.eventsBodyBytes]) {
      const answer = await send(LINES, new Uint8Array(size).fill(32))
      expect([answer.status, answer.json().error.code]).toEqual([413, 'body.too-large'])
    }
    const kept = setting.quarantine.entries.filter(({ code }) => code === 'body.too-large')
    expect(kept.map(({ sender, cutFromBytes = 0 }) => [sender, cutFromBytes > HTTP_LIMITS.eventsBodyBytes])).toEqual([
      ['bootstrap', true],
      ['bootstrap', true],
    ])
    const most = await send(LINES, new Uint8Array(HTTP_LIMITS.eventsBodyBytes).fill(32))
    expect(most.status).not.toBe(413)
  })

  test('even a sender who listens only when all is written gets to read the 413', async () => {
    const size = 3 * HTTP_LIMITS.eventsBodyBytes
    const head = `POST /v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${BOOTSTRAP_KEY}\r\ncontent-type: ${LINES}\r\ncontent-length: ${size}\r\n\r\n`
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(house.port, '127.0.0.1')
      socket.on('error', reject).pause()
      socket.write(head)
      socket.write(Buffer.alloc(size, 32), () => {
        socket.once('data', (data) => {
          resolve(data.toString())
          socket.destroy()
        })
        socket.resume()
      })
    })
    expect(answer).toMatch(/^HTTP\/1.1 413 /)
  })

  test('a sender is held to its key', async () => {
    const key = await house.key({ name: '12315', role: 'ingest', sources: ['/sx/12315'], areas: ['140100'] })
    const event = (more: Record<string, unknown>) =>
      JSON.stringify(cloudEvent('complaint.filed', { source: '/sx/12315', ...more }))
    expect((await send(STRUCTURED, event({}), { key })).status).toBe(202)
    for (const more of [{ source: '/sx/other' }, { region: '140212' }, { backfill: true }]) {
      const answer = await send(STRUCTURED, event(more), { key })
      expect([answer.status, answer.json().error.code]).toEqual([400, 'source.forbidden'])
    }
  })

  test.each(['log.unavailable', 'log.full', 'disk.full', 'store.unavailable', 'clock.doubtful'] as const)(
    '%s is 503 with Retry-After',
    async (code) => {
      failure = code
      const answer = await send(STRUCTURED, JSON.stringify(cloudEvent('complaint.filed')))
      failure = null
      expect([answer.status, answer.json().error.code]).toEqual([503, code])
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    },
  )
})
