import type { Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import type { WebSocket } from 'ws'
import { SESSION_IDLE_MS } from '../../src/access/sessions.ts'
import { FEED_LIMITS } from '../../src/deliver/websocket/limits.ts'
import { MONDAY } from '../alerts/findings.ts'
import { until } from '../alerts/office.ts'
import { BOOTSTRAP_KEY, type Body, type House, type HouseOptions, openHouse } from '../api/house.ts'
import { follow } from './client.ts'

/** The TCP connection under a client's WebSocket. */
function rawOf(socket: WebSocket): Socket {
  return (socket as unknown as { _socket: Socket })._socket
}

const admin = { key: BOOTSTRAP_KEY }
const opened: House[] = []

async function open(options: HouseOptions = {}): Promise<House> {
  const house = await openHouse(options)
  opened.push(house)
  return house
}

afterEach(async () => {
  for (const house of opened.splice(0)) await house.closes()
})

async function cookieOf(house: House): Promise<string> {
  const answer = await house.ask('POST', '/v1/session', { body: { key: BOOTSTRAP_KEY } })
  return answer.headers.get('set-cookie')?.split(';')[0] ?? ''
}

describe('who is let in', () => {
  test('nobody without, or with wrong credentials: accepted, then closed 4001', async () => {
    const { url } = await open()
    const wrong: Parameters<typeof follow>[1][] = [
      {},
      { key: 'a-key-that-is-wrong' },
      { headers: { authorization: 'Basic eDp5' } },
      { headers: { cookie: 'yujing_session=nonsense-nonsense', origin: url } },
      { protocols: ['yujing.v1', 'ticket.nonsense'] },
    ]
    for (const options of wrong) {
      const client = await follow(url, options)
      expect((await client.closed).code).toBe(4001)
      expect(client.messages).toEqual([])
    }
  })

  test('not a sender: 4003', async () => {
    const house = await open()
    const key = await house.key({ name: '12315', role: 'ingest', sources: ['/sx/12315'] })
    expect((await (await follow(house.url, { key })).closed).code).toBe(4003)
  })

  test('a browser by its session, from this host or the public URL and from nowhere else', async () => {
    const house = await open({ parts: { publicUrl: 'https://yujing.example:8443' } })
    const cookie = await cookieOf(house)
    for (const origin of [house.url, 'https://yujing.example:8443']) {
      const client = await follow(house.url, { headers: { cookie, origin } })
      expect(await client.subscribes()).toMatchObject({ type: 'hello' })
    }
    const strangers = ['https://evil.example', 'http://127.0.0.1:1', 'http://yujing.example:8443', 'null', undefined]
    for (const origin of strangers) {
      const client = await follow(house.url, { headers: { cookie, ...(origin === undefined ? {} : { origin }) } })
      expect((await client.closed).code).toBe(4001)
    }
  })

  test('a ticket, once, under the subprotocol of the feed', async () => {
    const { url, ask } = await open()
    const { ticket } = (await ask('POST', '/v1/live/ticket', admin)).json()
    const protocols = ['yujing.v1', `ticket.${ticket}`]
    const client = await follow(url, { protocols })
    expect(client.socket.protocol).toBe('yujing.v1')
    expect(await client.subscribes()).toMatchObject({ type: 'hello' })
    expect((await (await follow(url, { protocols })).closed).code).toBe(4001)
  })

  test('no ticket after thirty seconds, none of a key that was revoked, none of a session that was signed out', async () => {
    const house = await open()
    const { url, ask, clock } = house
    const issue = async (key: string) => (await ask('POST', '/v1/live/ticket', { key })).json()
    const refused = async ({ ticket }: Body) =>
      expect((await (await follow(url, { protocols: ['yujing.v1', `ticket.${ticket}`] })).closed).code).toBe(4001)

    const late = await issue(BOOTSTRAP_KEY)
    expect(late.expiresInSeconds).toBe(30)
    clock.time += 30_000
    await refused(late)

    const { key, info } = await house.access.keys.add({ name: 'leader', role: 'viewer' }, 'bootstrap')
    const revoked = await issue(key)
    await ask('DELETE', `/v1/keys/${info.id}`, admin)
    await refused(revoked)

    const signedIn = await ask('POST', '/v1/session', { body: { key: BOOTSTRAP_KEY } })
    const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? ''
    const headers = { cookie, 'x-csrf-token': String(signedIn.json().csrf) }
    const signedOut = (await ask('POST', '/v1/live/ticket', { headers })).json()
    await ask('DELETE', '/v1/session', { headers })
    await refused(signedOut)
  })

  test('a wrong subprotocol is not echoed', async () => {
    const { url } = await open()
    await expect(follow(url, { ...admin, protocols: ['yujing.v2'] })).rejects.toThrow('subprotocol')
  })

  test('an upgrade of another route is no way in', async () => {
    const { url } = await open()
    await expect(follow(`${url}/v1/alerts?x=`)).rejects.toThrow('401')
    expect((await fetch(`${url}/v1/live`)).status).toBe(404)
  })
})

describe('who is shown out', () => {
  test('a revoked key with the next pulse, which with the cut is within five seconds', async () => {
    expect(FEED_LIMITS.pulseMs + FEED_LIMITS.revokedMs).toBeLessThan(5_000)
    const house = await open()
    const { key, info } = await house.access.keys.add({ name: 'leader', role: 'viewer' }, 'bootstrap')
    const client = await follow(house.url, { key })
    await client.subscribes()
    const other = await follow(house.url, admin)
    await other.subscribes()
    await house.ask('DELETE', `/v1/keys/${info.id}`, admin)
    const pulses = other.of('pulse').length
    expect((await client.closed).code).toBe(4003)
    expect(other.of('pulse').length).toBeLessThanOrEqual(pulses + 1)
    await other.gets('pulse', 1)
    expect(other.socket.readyState).toBe(other.socket.OPEN)
  })

  test('a revoked key that does not answer the close is cut', async () => {
    const house = await open({ live: { limits: { pulseMs: 20, revokedMs: 20, closeMs: 600_000 } } })
    const { key, info } = await house.access.keys.add({ name: 'leader', role: 'viewer' }, 'bootstrap')
    const client = await follow(house.url, { key })
    await client.subscribes()
    client.socket.pause()
    await house.ask('DELETE', `/v1/keys/${info.id}`, admin)
    await until(() => house.server.websocketServer.clients.size === 0)
  })

  test('a session that has ended: 4001; watching alone does not prolong it', async () => {
    const clock = { time: MONDAY }
    const house = await open({ clock, live: { limits: { pulseMs: 20 } } })
    const client = await follow(house.url, { headers: { cookie: await cookieOf(house), origin: house.url } })
    await client.subscribes()
    clock.time += SESSION_IDLE_MS - 1
    await client.gets('pulse', 3)
    clock.time += 1
    expect((await client.closed).code).toBe(4001)
  })

  test('a viewer watching on a wall not for a day, and then: 4001', async () => {
    const clock = { time: MONDAY }
    const house = await open({ clock, live: { limits: { pulseMs: 20 } } })
    const key = await house.key({ name: 'wall', role: 'viewer' })
    const signedIn = await house.ask('POST', '/v1/session', { body: { key } })
    const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? ''
    const client = await follow(house.url, { headers: { cookie, origin: house.url } })
    await client.subscribes()
    for (let step = 1; step < 96; step++) {
      clock.time = MONDAY + step * (SESSION_IDLE_MS / 2)
      const pulses = client.of('pulse').length
      await client.gets('pulse', pulses + 2)
    }
    expect(client.socket.readyState).toBe(client.socket.OPEN)
    clock.time = MONDAY + 24 * 3_600_000
    expect((await client.closed).code).toBe(4001)
  })

  test('the oldest of over twenty connections of one key: 4009', async () => {
    const house = await open()
    const key = await house.key({ name: 'leader', role: 'viewer' })
    const bystander = await follow(house.url, admin)
    const clients = []
    for (let count = 0; count < 20; count++) clients.push(await follow(house.url, { key }))
    const [oldest, second] = clients
    expect(oldest?.socket.readyState).toBe(1)
    const newest = await follow(house.url, { key })
    expect((await oldest?.closed)?.code).toBe(4009)
    for (const client of [second, newest, bystander])
      expect(await client?.subscribes()).toMatchObject({ type: 'hello' })
  })

  test.each([
    ['no JSON', 'hello'],
    ['an unknown message', { type: 'unsubscribe' }],
    ['no object', '[]'],
    ['a wrong cursor', { type: 'subscribe', after: { epoch: 'e', offset: -1 } }],
    ['an unknown filter', { type: 'subscribe', filter: { level: ['red'] } }],
    ['an unknown level', { type: 'subscribe', filter: { levels: ['crimson'] } }],
  ])('who sends %s: 4010', async (_what, message) => {
    const { url } = await open()
    const client = await follow(url, admin)
    client.says(message)
    expect((await client.closed).code).toBe(4010)
  })

  test('who sends bytes: 4010', async () => {
    const { url } = await open()
    const client = await follow(url, admin)
    client.socket.send(Buffer.from('{"type":"subscribe"}'), { binary: true })
    expect((await client.closed).code).toBe(4010)
  })

  test.each([
    ['a message over the limit', (socket: WebSocket) => socket.send(`{"type":"subscribe"${' '.repeat(64 * 1024)}}`)],
    ['a text that is no UTF-8', (socket: WebSocket) => socket.send(Buffer.from([0x22, 0xff, 0xfe]), { binary: false })],
    ['a frame that is none', (socket: WebSocket) => rawOf(socket).write(Buffer.from([0xff, 0xff, 0, 0, 0, 0]))],
  ])('who sends %s: 4010, not a code of the layer below', async (_what, send) => {
    const { url } = await open()
    const client = await follow(url, admin)
    send(client.socket)
    expect((await client.closed).code).toBe(4010)
  })

  test('a message just within the limit is read', async () => {
    const { url } = await open()
    const client = await follow(url, admin)
    const message = '{"type":"subscribe"}'
    client.says(message + ' '.repeat(64 * 1024 - message.length))
    await client.gets('hello')
  })

  test('who does not answer a ping', async () => {
    const { url } = await open({ live: { limits: { pingMs: 30 } } })
    const deaf = await follow(url, { ...admin, autoPong: false })
    const alive = await follow(url, admin)
    expect((await deaf.closed).code).toBe(1006)
    expect(alive.socket.readyState).toBe(alive.socket.OPEN)
  })

  test('everybody when the service stops', async () => {
    const house = await openHouse()
    const client = await follow(house.url, admin)
    await client.subscribes()
    await house.closes()
    expect((await client.closed).code).toBe(1001)
  })
})
