import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { project } from '../../src/access/projection.ts'
import { ALERT_STATUSES, type Alert, type StoredAlert } from '../../src/model/alert.ts'
import { type AlertFilter, matchesFilter } from '../../src/model/alert-filter.ts'
import { LEVELS } from '../../src/model/level.ts'
import { finding, MONDAY } from '../alerts/findings.ts'
import { until } from '../alerts/office.ts'
import { BOOTSTRAP_KEY, FEED_EPOCH, openHouse } from '../api/house.ts'
import { MemoryBucket } from '../support/memory-bucket.ts'
import { apply, type Client, follow } from './client.ts'

const COUNTIES = ['140105', '140106', '140212'] as const

/** Alerts written past the desk, as they would come from anywhere: the book follows the bucket. */
async function openWithAlerts(waitingBytes: number, clock = { time: MONDAY }) {
  const alerts = new MemoryBucket<StoredAlert>()
  const house = await openHouse({ alerts, clock, live: { limits: { pulseMs: 10, waitingBytes } } })
  await house.office.receives(finding({ at: 1, alert: 'template' }))
  const template = await house.office.stored('template')
  const write = (id: string, change: Partial<StoredAlert>) => alerts.put(id, { ...template, id, ...change })
  return { house, write }
}

const change = fc.record({
  kind: fc.constant('change' as const),
  id: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  status: fc.constantFrom(...ALERT_STATUSES),
  level: fc.constantFrom(...LEVELS),
  county: fc.constantFrom(...COUNTIES),
})
const step = fc.oneof(
  { weight: 6, arbitrary: change },
  {
    weight: 2,
    arbitrary: fc.constantFrom({ kind: 'cut' as const }, { kind: 'connect' as const }, { kind: 'pause' as const }),
  },
)
const filter: fc.Arbitrary<AlertFilter> = fc.constantFrom(
  {},
  { statuses: ['open'] as const },
  { levels: ['red', 'orange'] as const, statuses: ['open', 'acknowledged'] as const },
  { regions: ['140100'] },
  { regions: ['140212'], levels: ['blue'] as const },
)

const { house, write } = await openWithAlerts(400)
const keys: Record<string, string> = {
  everything: BOOTSTRAP_KEY,
  city: await house.key({ name: 'city', role: 'supervisor', areas: ['140100'] }),
  county: await house.key({ name: 'county', role: 'supervisor', areas: ['140212'] }),
}
afterAll(() => house.closes())

/** What the reader of a key should hold: the book, cut to scope, filtered. */
function wanted(key: string, filter: AlertFilter): Map<string, Alert> {
  const grant = house.access.byKey(key, '127.0.0.1')
  if (grant === null) throw new Error('the key is wrong')
  const seen = house.office.desk.book.changedAfter(0).flatMap((alert) => project(grant.identity, alert) ?? [])
  return new Map(seen.filter((alert) => matchesFilter(filter, alert)).map((alert) => [alert.id, alert]))
}

/** A page: it has a snapshot, follows after its cursor, and goes on after it when the connection breaks. */
class Page {
  readonly held: Map<string, Alert>
  #cursor: { epoch: string; offset: number }
  #client: Client | null = null
  #applied = 0
  readonly #key: string
  readonly #filter: AlertFilter

  constructor(key: string, filter: AlertFilter) {
    this.#key = key
    this.#filter = filter
    this.#cursor = { epoch: FEED_EPOCH, offset: house.office.desk.book.head() }
    this.held = wanted(key, filter)
  }

  async connect(): Promise<void> {
    if (this.#client !== null) return
    this.#applied = 0
    this.#client = await follow(house.url, { key: this.#key })
    this.#client.says({ type: 'subscribe', after: this.#cursor, filter: this.#filter })
  }

  /** Breaks the connection without a word; what had arrived counts. */
  async cut(): Promise<void> {
    if (this.#client === null) return
    this.#client.socket.terminate()
    await this.#client.closed
    this.#take(this.#client)
    this.#client = null
  }

  async catchUp(): Promise<void> {
    await this.connect()
    const client = this.#client as Client
    client.socket.resume()
    const head = house.office.desk.book.head()
    await until(() => client.of('pulse').some(({ offset }) => offset >= head))
    this.#take(client)
  }

  pause(): void {
    this.#client?.socket.pause()
  }

  #take(client: Client): void {
    const news = client.messages.slice(this.#applied)
    this.#applied = client.messages.length
    apply(this.held, news)
    let last = 0
    for (const { type, offset } of news) {
      if (type !== 'alert' && type !== 'gone' && type !== 'pulse') continue
      expect(offset).toBeGreaterThanOrEqual(last)
      last = offset
    }
    expect(client.of('reset')).toEqual([])
    this.#cursor = { epoch: FEED_EPOCH, offset: Math.max(this.#cursor.offset, last) }
  }
}

describe('the cursor', () => {
  test('law: whatever changes, breaks and stalls, in the end a page holds what the book holds', {
    timeout: 120_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.keys(keys)),
        filter,
        fc.array(step, { minLength: 5, maxLength: 40 }),
        async (reader, filter, steps) => {
          const key = keys[reader] ?? ''
          const page = new Page(key, filter)
          try {
            for (const step of steps) {
              if (step.kind === 'connect') await page.connect()
              else if (step.kind === 'cut') await page.cut()
              else if (step.kind === 'pause') page.pause()
              else {
                // Counties an alert touches only grow: that is the book's promise to the feed.
                const before = house.office.desk.book.get(step.id)?.regions ?? []
                const regions = [...new Set([...before, step.county])]
                const revision = await write(step.id, {
                  status: step.status,
                  level: step.level,
                  region: step.county,
                  regions,
                })
                await until(() => house.office.desk.book.head() >= revision)
              }
            }
            await page.catchUp()
            expect(page.held).toEqual(wanted(key, filter))
          } finally {
            await page.cut()
          }
        },
      ),
      { numRuns: 40 },
    )
  })
})

describe('a client that does not read', () => {
  test('gets no queue: it is closed 4008 and resumes by its cursor with the latest of each alert', async () => {
    const clock = { time: MONDAY }
    const slow = await openWithAlerts(10_000, clock)
    const { office, url } = slow.house
    try {
      const client = await follow(url, { key: BOOTSTRAP_KEY })
      await client.subscribes({ epoch: FEED_EPOCH, offset: 0 })
      await client.gets('alert')
      client.socket.pause()
      const long = { zh: '长'.repeat(100_000), en: 'x' }
      for (let round = 0; round < 60; round++) {
        const revision = await slow.write(`big-${round % 20}`, { summary: { ...long, en: `round ${round}` } })
        await until(() => office.desk.book.head() >= revision)
      }
      await new Promise((resolve) => setTimeout(resolve, 50))
      clock.time += 60_000
      // It begins to read again when the service has given up on it: what was on its way arrives, then the reason.
      await new Promise((resolve) => setTimeout(resolve, 50))
      client.socket.resume()
      expect((await client.closed).code).toBe(4008)
      expect(client.of('alert').length).toBeLessThan(61)

      const held = new Map<string, Alert>()
      apply(held, client.messages)
      const last = client.messages.reduce((offset, message) => Math.max(offset, message.offset), 0)
      const again = await follow(url, { key: BOOTSTRAP_KEY })
      await again.subscribes({ epoch: FEED_EPOCH, offset: last })
      await until(() => again.of('pulse').some(({ offset }) => offset >= office.desk.book.head()))
      apply(held, again.messages)
      expect(held).toEqual(new Map(office.desk.book.changedAfter(0).map((alert) => [alert.id, alert])))
    } finally {
      await slow.house.closes()
    }
  })
})
