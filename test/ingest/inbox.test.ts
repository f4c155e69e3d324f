import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import type { InboxMessage, InboxPort } from '../../src/ingest/inbox-port.ts'
import { createInboxReader } from '../../src/ingest/inbox-reader.ts'
import type { IngestRights } from '../../src/ingest/rights.ts'
import { silentLogger } from '../../src/telemetry/logger.ts'
import { until } from '../alerts/office.ts'
import { ALL_RIGHTS, cloudEvent, createSetting, type Setting } from './setting.ts'

/** Inboxes by hand: what is put in is handed out, and who is done is written down. */
function createHand() {
  const groups: InboxMessage[][] = []
  const done: string[] = []
  const put = (...texts: string[]) => {
    groups.push(
      texts.map((text, n) => ({
        path: ['live'],
        headers: {},
        data: Buffer.from(text),
        done: () => void done.push(text),
        working: () => void n,
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
  return { put, done, inboxes }
}

const stopping: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stopping.splice(0).reverse()) await stop()
})

async function reading(rights: IngestRights | null = ALL_RIGHTS): Promise<Setting & ReturnType<typeof createHand>> {
  const setting = createSetting()
  const hand = createHand()
  await setting.writer.start()
  const { door, metrics } = setting
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
