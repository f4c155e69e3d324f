import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { detectors } from '../detectors/index.ts'
import { ALL_PARTITIONS } from '../src/detect/statistics/hash.ts'
import { passOffline } from '../src/offline-pass.ts'
import { connectStore, type Store } from '../src/store/store.ts'
import { createStoreWriter } from '../src/store/writer/store-writer.ts'
import { silentLogger } from '../src/telemetry/logger.ts'
import { createMetrics } from '../src/telemetry/metrics.ts'
import { shardOf, TestLog, type Told, time } from './detect/log.ts'
import { startTestClickHouse, type TestClickHouse } from './support/clickhouse.ts'
import { createTestIntents } from './support/intents.ts'

const logger = silentLogger()
const CODES = Array.from({ length: 9 }, (_, n) => `91140105MA0K${String(n).padStart(4, '0')}XG`)
const complaints = (day: string, count: number): Told[] =>
  CODES.flatMap((subject) => Array.from({ length: count }, () => ({ type: 'complaint.filed', subject, at: time(day) })))

/** Months with an alert each, a change of parameters between them that only a fold in log order meets rightly. */
const log = new TestLog()
for (let month = 1; month <= 9; month++) {
  log.rows(...complaints(`2026-0${month}-03`, 3), ...complaints(`2026-0${month}-04`, 3))
  log.tick(time(`2026-0${month}-06`))
  if (month === 4)
    log.control(
      {
        type: 'yujing.parameters',
        data: { detector: 'complaint-surge', version: 1, parameters: { complainants: 9 }, by: 'test' },
      },
      time('2026-04-07'),
    )
  if (month > 4) log.rows(...complaints(`2026-0${month}-08`, month))
}

let server: TestClickHouse
let store: Store
beforeAll(async () => {
  server = await startTestClickHouse()
  store = await connectStore({ ...server, logger })
  const writer = createStoreWriter({
    store,
    log: {
      epoch: log.epoch,
      last: async () => log.last,
      async *read(from) {
        yield* log.messages.slice(from - 1)
      },
    },
    intents: createTestIntents(),
    quarantine: { put: async ({ reason }) => Promise.reject(new Error(reason)) },
    logger,
    metrics: createMetrics(),
  })
  await writer.start()
  await writer.caughtUp(log.last)
  await writer.stop()
})
afterAll(async () => {
  await store?.close()
  await server?.stop()
})

const stored = (fromSeq: number, belowSeq: number) => store.messagesInLogOrder({ epoch: log.epoch, fromSeq, belowSeq })

describe('the offline pass', () => {
  test('says of every alert what the desk would, with the gravest level', async () => {
    const { alerts, position, findings } = await passOffline({ epoch: log.epoch, messages: log.messages })
    expect(position).toBe(log.last)
    expect(findings).toBeGreaterThan(alerts.size)
    expect(new Set([...alerts.values()].map(({ key }) => key))).toEqual(new Set(CODES))
    for (const alert of alerts.values())
      expect(alert).toMatchObject({ detector: 'complaint-surge', test: false, withdrawn: false })
  })

  test('comes to the same over the store as over the log, and over the one followed by the other', async () => {
    const whole = await passOffline({ epoch: log.epoch, messages: log.messages })
    expect(await passOffline({ epoch: log.epoch, messages: stored(1, log.last + 1) })).toEqual(whole)
    for (const cut of [2, 9, log.last]) {
      async function* storeThenLog() {
        yield* stored(1, cut)
        yield* log.messages.slice(cut - 1)
      }
      expect(await passOffline({ epoch: log.epoch, messages: storeThenLog() })).toEqual(whole)
    }
  })

  test('history is told message by message, control entries in their place', async () => {
    const seen: number[] = []
    for await (const message of stored(3, log.last)) {
      seen.push(message.seq)
      const original = log.messages[message.seq - 1]
      expect(message.kind).toBe(original?.kind)
      if (message.kind === 'rows') expect(message.events).toHaveLength(original?.count ?? 0)
      else expect(message.entry).toEqual(JSON.parse(new TextDecoder().decode(original?.payload)))
    }
    expect(seen).toEqual(Array.from({ length: log.last - 3 }, (_, n) => n + 3))
  })

  test('a message the store has nothing of leaves a gap in history that the log may not have', () => {
    const [first, second, third] = log.messages
    const shard = shardOf(detectors, ALL_PARTITIONS)
    if (!first || !second || !third) throw new Error('the log is short')
    shard.applyStored({ seq: 1, kind: 'rows', events: [] })
    shard.apply(third)
    expect(() => shard.apply(second)).toThrow('follows message 3')
    expect(() => shard.applyStored({ seq: 4, kind: 'rows', events: [] })).toThrow('follows message 3')
    expect(() => shard.apply(log.messages[4] as typeof first)).toThrow('message 5 follows message 3')
  })
})
