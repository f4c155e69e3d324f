import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { administrator } from '../../src/access/identity.ts'
import { createHub } from '../../src/deliver/websocket/hub.ts'
import { FEED_LIMITS } from '../../src/deliver/websocket/limits.ts'
import type { Transport } from '../../src/deliver/websocket/transport.ts'
import type { StoredAlert } from '../../src/model/alert.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { finding, MONDAY } from '../alerts/findings.ts'
import { type Office, openOffice, until } from '../alerts/office.ts'
import { BOOTSTRAP_KEY, FEED_EPOCH, openHouse } from '../api/house.ts'
import { MemoryBucket } from '../support/memory-bucket.ts'
import { follow } from './client.ts'

const CLIENTS = 200
const ALERTS = 50
/** A frame is an alert of at most 64 KiB and a few words around it. */
const FRAME_BYTES = 65 * 1024

const bucket = new MemoryBucket<StoredAlert>()
let office: Office
beforeAll(async () => {
  office = await openOffice({ bucket })
  await office.receives(finding({ at: 1, alert: 'template' }))
})
afterAll(() => office.closes())

/** Changes every alert once, each of them as long as an entry may be. */
async function everythingChanges(round: number): Promise<void> {
  const template = await office.stored('template')
  const long = 'x'.repeat(50_000)
  let revision = 0
  for (let n = 0; n < ALERTS; n += 1) {
    const id = `alert-${n}`
    revision = await bucket.put(id, { ...template, id, summary: { zh: `${round}`, en: long } })
  }
  await until(() => office.desk.book.head() >= revision)
}

/** A network that takes nothing until it is told to. */
function stuckNetwork() {
  const sent: string[] = []
  const flushed: (() => void)[] = []
  let waiting = 0
  let mostWaiting = 0
  const codes: number[] = []
  const transport: Transport = {
    waiting: () => waiting,
    send(text, done) {
      sent.push(text)
      waiting += text.length
      mostWaiting = Math.max(mostWaiting, waiting)
      if (done !== undefined) flushed.push(done)
    },
    close: (code) => codes.push(code),
  }
  return {
    transport,
    sent,
    codes,
    mostWaiting: () => mostWaiting,
    takeAll() {
      while (waiting > 0) {
        waiting = 0
        for (const done of flushed.splice(0)) done()
      }
    },
  }
}

test('two hundred clients that read nothing cost no more than their share, and miss nothing when they read again', async () => {
  const { book } = office.desk
  const clock = { time: MONDAY }
  const hub = createHub({
    book,
    epoch: FEED_EPOCH,
    freshness: { eventsPerSecond: () => 0, lag: () => 0, silentSources: () => [] },
    clock: { now: () => clock.time },
    metrics: createMetrics(),
    limits: FEED_LIMITS,
  })
  hub.start()
  const networks = Array.from({ length: CLIENTS }, (_, n) => {
    const network = stuckNetwork()
    const identity = administrator(`key-${n}`, 'k')
    const grant = { identity, keyDigest: '', session: null, standing: () => 'valid' as const }
    hub.join(grant, network.transport).subscriber.subscribe({ type: 'subscribe' })
    return network
  })
  for (let round = 0; round < 5; round += 1) await everythingChanges(round)
  for (const { mostWaiting } of networks) expect(mostWaiting()).toBeLessThan(FEED_LIMITS.waitingBytes + FRAME_BYTES)
  for (const network of networks) network.takeAll()
  for (const { sent } of networks) {
    const alerts = sent.map((text) => JSON.parse(text)).filter(({ type }) => type === 'alert')
    const last = new Map(alerts.map(({ alert }) => [alert.id, alert.summary.zh]))
    expect(last.size).toBe(ALERTS)
    expect([...last.values()].every((round) => round === '4')).toBe(true)
    expect(alerts.length).toBeLessThan(2 * ALERTS)
  }
  hub.stop()
})

describe('over real sockets', () => {
  test('who asks on and on and reads no answer is closed 4008', async () => {
    const house = await openHouse({ live: { limits: { waitingBytes: 10_000 } } })
    try {
      const client = await follow(house.url, { key: BOOTSTRAP_KEY })
      await client.subscribes()
      const [server] = house.server.websocketServer.clients
      const asked = JSON.stringify({ type: 'subscribe', after: { epoch: 'other'.repeat(18), offset: 0 } })
      client.socket.pause()
      await until(async () => {
        for (let n = 0; n < 2_000; n += 1) client.socket.send(asked)
        return server?.readyState !== 1
      })
      client.socket.resume()
      expect((await client.closed).code).toBe(4008)
    } finally {
      await house.closes()
    }
  })
})
