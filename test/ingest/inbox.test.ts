import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { afterEach, expect, test, vi } from 'vitest'
import type { Door } from '../../src/ingest/door.ts'
import type { InboxMessage, InboxPort } from '../../src/ingest/inbox-port.ts'
import { createInboxReader } from '../../src/ingest/inbox-reader.ts'
import { INGEST_LIMITS } from '../../src/ingest/limits.ts'
import { createPreparer } from '../../src/ingest/prepare/prepare.ts'
import type { IngestRights } from '../../src/ingest/rights.ts'
import { silentLogger } from '../../src/telemetry/logger.ts'
import { until } from '../alerts/office.ts'
import { ALL_RIGHTS, cloudEvent, createSetting, PERSON_KEY, type Setting } from './setting.ts'

/** Inboxes by hand: what is put in is handed out, and who is done is written down. */
function createHand() {
  const groups: InboxMessage[][] = []
  const done: string[] = []
  const working: string[] = []
  const put = (...texts: string[]) => {
    groups.push(
      texts.map((text) => ({
        path: ['live'],
        headers: {},
        data: Buffer.from(text),
        done: () => void done.push(text),
        working: () => void working.push(text),
      })),
    )
  }
  const inboxes: InboxPort = {
    waiting: async () => new Map([['tax', groups.length]]),
    async *read(_name, signal) {
      while (!signal.aborted) {
        const group = groups.shift()
        if (group === undefined) await sleep(1)
        else yield group
      }
    },
  }
  return { put, done, working, inboxes }
}

const stopping: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stopping.splice(0).reverse()) await stop()
})

async function reading(
  rights: IngestRights | null = ALL_RIGHTS,
  through: Pick<Door, 'acceptAll'> | null = null,
): Promise<Setting & ReturnType<typeof createHand>> {
  const setting = createSetting()
  const hand = createHand()
  await setting.writer.start()
  const { metrics } = setting
  const door = through ?? setting.door
  const reader = createInboxReader({
    inboxes: hand.inboxes,
    door,
    names: () => ['tax'],
    senderOf: () => (rights === null ? null : { rights, id: 'k1' }),
    logger: silentLogger(),
    metrics,
  })
  reader.start()
  stopping.push(
    () => setting.writer.stop(),
    () => reader.stop(),
  )
  return { ...setting, ...hand }
}

const text = (more: object = {}) => JSON.stringify(cloudEvent('tax.reported', { ...more }))

test('a message is done when the log has it, in the order in which it was left', async () => {
  const { put, done, logged } = await reading()
  const texts = Array.from({ length: 60 }, () => text())
  put(...texts.slice(0, 40))
  put(...texts.slice(40))
  await until(() => done.length === 60)
  expect(done).toEqual(texts)
  expect(logged().map(({ id }) => id)).toEqual(texts.map((one) => (JSON.parse(one) as { id: string }).id))
})

test('while the door is closed a message is neither done nor refused; it goes through when the door opens', async () => {
  const { put, done, clock, logged, quarantine } = await reading()
  clock.jump(3_600_000)
  put(text(), text({ region: '999999' }))
  await sleep(50)
  expect([done.length, logged().length, quarantine.entries.length]).toEqual([0, 0, 0])
  clock.jump(-3_600_000)
  await until(() => done.length === 2)
  expect([logged().length, quarantine.entries.length]).toEqual([1, 1])
})

test('while the door takes its time, it is said that the messages are being dealt with', async () => {
  let take = () => {}
  const taken = new Promise<void>((resolve) => {
    take = resolve
  })
  const { put, done, working } = await reading(ALL_RIGHTS, { acceptAll: () => taken })
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  stopping.push(async () => void vi.useRealTimers())
  put('one', 'other')
  await until(() => vi.getTimerCount() > 0)
  vi.advanceTimersByTime(30_000)
  expect([working, done]).toEqual([['one', 'other'], []])
  take()
  await until(() => done.length === 2)
  expect(vi.getTimerCount()).toBe(0)
})

test('a message read twice is a duplicate', async () => {
  const { put, done, logged } = await reading()
  const one = text()
  put(one)
  put(one)
  await until(() => done.length === 2)
  expect(logged()).toHaveLength(1)
})

test('without a key in force everything is refused into quarantine', async () => {
  const { put, done, logged, quarantine } = await reading(null)
  put(text(), 'no event')
  await until(() => done.length === 2)
  expect(logged()).toEqual([])
  expect(quarantine.entries.map(({ code }) => code).sort()).toEqual(['body.malformed', 'source.forbidden'])
})

test('what comes packed is held unpacked a little at a time; what is long goes the way of imports', async () => {
  const held: unknown[] = []
  const preparer = createPreparer({ personKey: PERSON_KEY, limits: INGEST_LIMITS })
  const { door, writer, logged } = createSetting(
    {},
    {
      preparer: {
        prepare(sent, now) {
          held.push([sent.parts.map(({ body }) => body.length), sent.lane])
          return preparer.prepare(sent, now)
        },
      },
    },
  )
  await writer.start()
  stopping.push(() => writer.stop())
  const packed = (bytes: number) => ({
    contentType: 'application/x-ndjson',
    contentEncoding: 'gzip',
    headers: {},
    body: gzipSync(text().padEnd(bytes, '\n')),
  })
  await door.acceptAll([600_000, 400_000, 600_000, 2_000_000, 1_000].map(packed), { rights: ALL_RIGHTS })
  expect(held).toEqual([
    [[600_000, 400_000], 'live'],
    [[600_000], 'live'],
    [[2_000_000], 'batch'],
    [[1_000], 'live'],
  ])
  expect(logged()).toHaveLength(5)
})
