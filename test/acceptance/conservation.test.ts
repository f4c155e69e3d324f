import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readChildren } from '../../src/embedded/children-file.ts'
import { connectLog, type LogConnection } from '../../src/log/connection.ts'
import { silentLogger } from '../../src/telemetry/logger.ts'
import { yujing } from '../support/command.ts'
import { connectByHand, type RawNats } from '../support/raw-nats.ts'
import { askClickHouse, eventually, type Service, startService } from '../support/service.ts'
import { ago, creditCode, type IngestAnswer } from '../support/world.ts'

/**
 * in = stored + duplicate + quarantined + parked, while processes are killed: every event that a source was told is taken
 * (202, or the acknowledgement of JetStream) has one fate, whichever way and however often it came.
 */
const EVENTS = 1_200
const BATCH = 20

let service: Service
let password: string
beforeAll(async () => {
  service = await startService()
  const made = await yujing(
    'key',
    'add',
    '--inbox',
    'sx',
    '--source',
    '/sx',
    '--retracts',
    '--json',
    '--data-dir',
    service.dataDir,
  )
  password = (JSON.parse(made) as { key: string }).key
}, 120_000)
afterAll(() => service.stop())

type Fate = 'stored' | 'parked' | 'quarantined'

/** One in ten is refused, one in fifty withdraws what never came. */
function fateOf(n: number): Fate {
  if (n % 10 === 0) return 'quarantined'
  return n % 50 === 3 ? 'parked' : 'stored'
}

const time = ago(3_600_000)

function eventOf(n: number): object {
  const fate = fateOf(n)
  const common = { specversion: '1.0', id: `event-${n}`, source: '/sx/any', subject: creditCode(n % 97), time }
  return {
    ...common,
    region: fate === 'quarantined' ? '999999' : '140105',
    ...(fate === 'parked'
      ? { type: 'event.retracted', retracts: `never-${n}`, data: { reason: 'entered twice' } }
      : { type: 'tax.reported', data: { status: 'arrears' } }),
  }
}

const numbers = Array.from({ length: EVENTS }, (_, n) => n)
/** Half comes by each way, and a part of it by both. */
const byHttp = numbers.filter((n) => n % 2 === 0 || n % 7 === 0)
const byInbox = numbers.filter((n) => n % 2 === 1 || n % 7 === 0)

/** How many events their senders know to be taken. */
let taken = 0

async function post(batch: readonly number[]): Promise<IngestAnswer> {
  const body = batch.map((n) => JSON.stringify(eventOf(n))).join('\n')
  return await eventually('an answer', async () => {
    try {
      const answer = await service.request('/v1/events', { body, headers: { 'content-type': 'application/x-ndjson' } })
      if (answer.status === 202) return (await answer.json()) as IngestAnswer
      if (answer.status === 400) return ((await answer.json()) as { error: { details: IngestAnswer } }).error.details
      expect(answer.status).toBe(503)
    } catch (error) {
      if (!(error instanceof TypeError)) throw error
    }
    return null
  })
}

async function sendByHttp(pause: number): Promise<void> {
  for (let from = 0; from < byHttp.length; from += BATCH) {
    const batch = byHttp.slice(from, from + BATCH)
    const { accepted, duplicates, rejected } = await post(batch)
    expect(accepted + duplicates + rejected.length).toBe(batch.length)
    taken += batch.length
    await sleep(pause)
  }
}

/** Sends each until JetStream has acknowledged it, over as many connections as that takes. */
async function sendByInbox(pause: number): Promise<void> {
  let connection: RawNats | null = null
  for (const n of byInbox) {
    await eventually(`the acknowledgement of ${n}`, async () => {
      try {
        if (connection === null || connection.isClosed()) {
          const runtime = JSON.parse(await readFile(join(service.dataDir, 'runtime.json'), 'utf8')) as {
            natsUrl: string
          }
          connection = await connectByHand(runtime.natsUrl, 'sx', password)
          connection.send('SUB _INBOX.sx.> 1\r\n')
        }
        connection.publish('yujing.inbox.sx.live', {}, JSON.stringify(eventOf(n)), `_INBOX.sx.${n}`)
        const answer = new RegExp(`MSG _INBOX\\.sx\\.${n} 1 +\\d+\\r\\n\\{"stream":"YUJING_INBOX"`)
        for (let looks = 0; looks < 100; looks++) {
          if (answer.test(connection.heard())) return true
          if (connection.isClosed()) return false
          await sleep(10)
        }
      } catch {
        // Away: the next try comes soon.
      }
      connection?.close()
      return false
    })
    taken += 1
    await sleep(pause)
  }
  ;(connection as RawNats | null)?.close()
}

/** Kills the service twice and each of its servers once, whenever the senders have come a fifth further. */
async function disturb(): Promise<void> {
  const fifth = (byHttp.length + byInbox.length) / 5
  for (const [n, what] of ['service', 'nats-server', 'service', 'clickhouse'].entries()) {
    await eventually('the senders further on', async () => taken >= (n + 1) * fifth, 180_000)
    if (what === 'service') {
      await service.kill()
      await service.start()
    } else {
      const child = readChildren(service.dataDir).find(({ name }) => name === what)
      if (child === undefined) throw new Error(`there is no child ${what}`)
      process.kill(child.pid, 'SIGKILL')
    }
  }
}

async function openLog(): Promise<LogConnection> {
  const text = await readFile(join(service.dataDir, 'runtime.json'), 'utf8')
  const { natsUrl, natsUser, natsPassword, logMaxBytes } = JSON.parse(text) as Record<string, string> & {
    logMaxBytes: number
  }
  const access = { url: natsUrl ?? '', user: natsUser ?? '', password: natsPassword ?? '' }
  return await connectLog({ ...access, maxBytes: logMaxBytes, logger: silentLogger(), name: 'test' })
}

async function quarantined(log: LogConnection, least: number): Promise<Set<string>> {
  const ids = new Set<string>()
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(), 30_000)
  for await (const { entry } of log.quarantine.read(1, abort.signal)) {
    ids.add(entry.id ?? '')
    if (ids.size >= least) abort.abort()
  }
  clearTimeout(timer)
  return ids
}

/** What is stored as a row, and what waits in the log for its original. */
const EVERYTHING = `SELECT id FROM events WHERE source = '/sx/any'
UNION ALL SELECT JSONExtractString(data, 'event', 'id') FROM control_entries WHERE type = 'yujing.parked' FORMAT TSV`

const idsOf = (...fates: Fate[]) => numbers.filter((n) => fates.includes(fateOf(n))).map((n) => `event-${n}`)

test('in = stored + duplicate + quarantined + parked, through request and inbox, while everything is killed', {
  timeout: 480_000,
}, async () => {
  await Promise.all([sendByHttp(150), sendByInbox(1), disturb()])
  await eventually('a service that is ready', async () => (await service.request('/readyz')).status === 200)
  const log = await openLog()
  try {
    await eventually('empty inboxes', async () => (await log.inboxes.waiting()).size === 0)
    const kept = idsOf('stored', 'parked')
    const rows = await eventually('all of it in history', async () => {
      try {
        const text = await askClickHouse(service, EVERYTHING)
        const found = text.trim().split('\n')
        return found.length >= kept.length && found
      } catch {
        return null
      }
    })
    expect(rows.sort()).toEqual(kept.sort())
    const refused = await quarantined(log, idsOf('quarantined').length)
    expect([...refused].sort()).toEqual(idsOf('quarantined').sort())
    expect(rows.length + refused.size).toBe(EVENTS)
  } finally {
    await log.close()
  }

  // Without faults the sum holds for each sending, not only for each event: what is there is duplicate.
  let [duplicates, rejected] = [0, 0]
  for (let from = 0; from < EVENTS; from += 200) {
    const answer = await post(numbers.slice(from, from + 200))
    expect(answer.accepted).toBe(0)
    duplicates += answer.duplicates
    rejected += answer.rejected.length
  }
  expect([duplicates, rejected]).toEqual([idsOf('stored', 'parked').length, idsOf('quarantined').length])
})
