import { afterAll, describe, expect, test } from 'vitest'
import { administrator } from '../../src/access/identity.ts'
import { FEED_LIMITS } from '../../src/deliver/websocket/limits.ts'
import { createSubscriber } from '../../src/deliver/websocket/subscriber.ts'
import type { StoredAlert } from '../../src/model/alert.ts'
import { finding } from '../alerts/findings.ts'
import { openOffice, until } from '../alerts/office.ts'
import { MemoryBucket } from '../support/memory-bucket.ts'
import type { Message } from './client.ts'

const ALERTS = 12
const bucket = new MemoryBucket<StoredAlert>()
const office = await openOffice({ bucket })
await office.receives(...Array.from({ length: ALERTS }, (_, at) => finding({ at: at + 1, alert: `alert-${at}` })))
afterAll(() => office.closes())

/** A subscriber over a network that takes what it is given only when told; two alerts are too much waiting. */
function overSlowNetwork() {
  const clock = { time: 0 }
  const sent: Message[] = []
  let waiting = 0
  const flushed: (() => void)[] = []
  let closedWith: number | null = null
  const subscriber = createSubscriber({
    transport: {
      waiting: () => waiting,
      send(text, done) {
        sent.push(JSON.parse(text) as Message)
        waiting += text.length
        if (done !== undefined) flushed.push(done)
      },
      close(code) {
        closedWith = code
      },
    },
    identity: administrator('k', 'k'),
    book: office.desk.book,
    epoch: 'epoch',
    limits: { ...FEED_LIMITS, waitingBytes: 3_000, slowMs: 20_000 },
    clock: { now: () => clock.time },
  })
  return {
    clock,
    sent,
    closedWith: () => closedWith,
    subscribe: () => subscriber.subscribe({ type: 'subscribe', after: { epoch: 'epoch', offset: 0 } }),
    pulse() {
      const open = { red: 0, orange: 0, yellow: 0, blue: 0 }
      subscriber.pulse({ eventsPerSecond: 0, lag: 0, open, silentSources: [] })
    },
    /** The network takes all that waits. */
    take() {
      waiting = 0
      for (const done of flushed.splice(0)) done()
    },
  }
}

describe('a slow network', () => {
  test('is waited for as long as it goes on, however long the whole takes', () => {
    const { clock, sent, subscribe, pulse, take, closedWith } = overSlowNetwork()
    subscribe()
    for (let before = -1; sent.length > before; ) {
      before = sent.length
      clock.time += 15_000
      pulse()
      take()
    }
    pulse()
    expect(clock.time).toBeGreaterThan(45_000)
    expect(closedWith()).toBeNull()
    const alerts = sent.filter(({ type }) => type === 'alert')
    expect(alerts.map(({ alert }) => alert)).toEqual(office.desk.book.changedAfter(0))
    expect(sent.at(-1)).toMatchObject({ type: 'pulse', offset: office.desk.book.head() })
  })

  test('that takes nothing for twenty seconds is given up, and got no pulse meanwhile', () => {
    const { clock, sent, subscribe, pulse, closedWith } = overSlowNetwork()
    subscribe()
    expect(sent.length).toBeLessThan(ALERTS)
    clock.time += 19_999
    pulse()
    expect(closedWith()).toBeNull()
    clock.time += 1
    pulse()
    expect(closedWith()).toBe(4008)
    expect(sent.filter(({ type }) => type === 'pulse')).toEqual([])
  })

  test('behind which an alert has left the book starts over: nobody knows any more what went', async () => {
    const { sent, subscribe, take } = overSlowNetwork()
    subscribe()
    expect(sent.length).toBeLessThan(ALERTS)
    await bucket.delete('alert-0')
    await until(() => office.desk.book.floor() > 0)
    take()
    expect(sent.at(-1)).toEqual({ type: 'reset', reason: 'too-old' })
  })
})
