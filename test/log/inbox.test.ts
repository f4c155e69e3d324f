import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectLog, type LogConnection } from '../../src/log/connection.ts'
import type { InboxMessage } from '../../src/log/inbox.ts'
import { silentLogger } from '../../src/telemetry/logger.ts'
import { until } from '../alerts/office.ts'
import { startTestNats, type TestNats } from '../support/nats.ts'
import { connectByHand, type RawNats } from '../support/raw-nats.ts'

let nats: TestNats
let log: LogConnection
let source: RawNats

beforeAll(async () => {
  nats = await startTestNats()
  const { url, user, password } = nats
  log = await connectLog({ url, user, password, maxBytes: 256 * 1024 ** 2, logger: silentLogger(), name: 'test' })
  source = await connectByHand(url, user, password)
})
afterAll(async () => {
  source.close()
  await log.close()
  await nats.stop()
})

const leave = (inbox: string, ...texts: string[]) => {
  for (const text of texts) source.publish(`yujing.inbox.${inbox}.live`, { 'CE-Type': 'x' }, text)
}

/** Reads until told to stop; `each` gets every message. */
function reading(inbox: string, each: (message: InboxMessage) => void) {
  const abort = new AbortController()
  const groups: number[] = []
  const running = (async () => {
    for await (const group of log.inboxes.read(inbox, abort.signal)) {
      groups.push(group.length)
      for (const message of group) each(message)
    }
  })()
  return {
    groups,
    async stop() {
      abort.abort()
      await running
    },
  }
}

const textOf = ({ data }: InboxMessage) => Buffer.from(data).toString()

test('what was not done comes again first, at once, in order; what was done is gone', async () => {
  const texts = Array.from({ length: 500 }, (_, n) => `message ${n}`)
  leave('one', ...texts)
  leave('other', 'not of this inbox')
  const first: string[] = []
  const reader = reading('one', (message) => {
    first.push(textOf(message))
    if (first.length <= 100) message.done()
  })
  await until(() => first.length === 500)
  await reader.stop()
  expect(first).toEqual(texts)
  expect(Math.max(...reader.groups)).toBeLessThanOrEqual(256)

  const second: string[] = []
  const next = reading('one', (message) => {
    second.push(textOf(message))
    expect(message.headers['ce-type']).toBe('x')
    expect(message.path).toEqual(['live'])
    message.done()
  })
  await until(() => second.length === 400)
  expect(second).toEqual(texts.slice(100))
  await until(async () => (await log.inboxes.waiting()).get('one') === undefined)
  expect(await log.inboxes.waiting()).toEqual(new Map([['other', 1]]))
  await next.stop()
})

test('a slow reader of long messages is handed little at a time', async () => {
  const long = 'x'.repeat(900_000)
  leave('long', ...Array.from({ length: 20 }, () => long))
  let count = 0
  const reader = reading('long', (message) => {
    count += 1
    message.done()
  })
  await until(() => count === 20)
  await reader.stop()
  expect(Math.max(...reader.groups)).toBeLessThanOrEqual(5)
})

test('reading goes on when the server comes back', async () => {
  const seen = new Set<string>()
  const reader = reading('again', (message) => {
    seen.add(textOf(message))
    message.done()
  })
  leave('again', 'before')
  await until(() => seen.has('before'))
  await nats.restart()
  const { url, user, password } = nats
  source = await connectByHand(url, user, password)
  leave('again', 'after')
  await until(() => seen.has('after'))
  await reader.stop()
})
