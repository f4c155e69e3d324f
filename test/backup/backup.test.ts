import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { createClient } from '@clickhouse/client'
import { afterAll, expect, test } from 'vitest'
import type { Manifest } from '../../src/backup/manifest.ts'
import type { Alert } from '../../src/model/alert.ts'
import { follow } from '../deliver/client.ts'
import { eventually, type Service, startService } from '../support/service.ts'
import { ago, alerts, complaint, creditCode, settled } from '../support/world.ts'

const lines = gunzipSync(readFileSync(join(import.meta.dirname, '../data/real-complaints-2011-2012.ndjson.gz')))
  .toString('utf8')
  .trim()
  .split('\n')
  .slice(0, 9_000)
const BATCH = 250
const HALF = lines.length / 2

const home = mkdtempSync(join(tmpdir(), 'yujing-backup-'))
const running: Service[] = []
afterAll(async () => {
  for (const service of running) await service.stop()
  rmSync(home, { recursive: true, force: true })
})

/** Runs the built command as an operator would. */
async function yujing(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../dist/src/main.js'), ...args], {
    cwd: home,
    env: { PATH: process.env.PATH },
  })
  let [out, err] = ['', '']
  child.stdout.on('data', (text) => {
    out += text
  })
  child.stderr.on('data', (text) => {
    err += text
  })
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, out, err }
}

interface Counted {
  readonly accepted: number
  readonly duplicates: number
}

async function send(service: Service, from: number, to: number): Promise<Counted> {
  let [accepted, duplicates] = [0, 0]
  for (let start = from; start < to; start += BATCH) {
    const response = await service.request('/v1/events', {
      body: lines.slice(start, Math.min(to, start + BATCH)).join('\n'),
      headers: { 'content-type': 'application/x-ndjson' },
    })
    expect(response.status).toBe(202)
    const answer = (await response.json()) as Counted
    accepted += answer.accepted
    duplicates += answer.duplicates
  }
  return { accepted, duplicates }
}

const OWNER = creditCode(4_711)
const AT = ago(60_000)
const complaintOf = (id: string) => ({ ...complaint(OWNER, { time: AT, id }), source: '/test/corrected' })
const retractionOf = (id: string) => ({
  ...complaintOf(`without-${id}`),
  type: 'event.retracted',
  retracts: id,
  data: { reason: '重复录入' },
})

async function sendOne(service: Service, event: object): Promise<Counted> {
  const headers = { 'content-type': 'application/cloudevents+json' }
  const response = await service.request('/v1/events', { body: JSON.stringify(event), headers })
  return (await response.json()) as Counted
}

/** Which event the timeline says withdrew this one, once it does. */
async function retractedBy(service: Service, id: string): Promise<string> {
  return await eventually(`${id} to be withdrawn`, async () => {
    const response = await service.request(`/v1/enterprises/${OWNER}/timeline`)
    // Until the first event of the enterprise is stored there is no timeline.
    const { items } = (await response.json()) as { items?: { id: string; retractedby?: string }[] }
    return items?.find((item) => item.id === id)?.retractedby
  })
}

/** Ids that ClickHouse holds more than once, and of the events sent those that it holds not at all. */
async function storedWrongly(service: Service): Promise<string[]> {
  const runtime = JSON.parse(readFileSync(join(service.dataDir, 'runtime.json'), 'utf8')) as { clickhouseUrl: string }
  const client = createClient({ url: runtime.clickhouseUrl })
  try {
    const query = 'SELECT source, id, count() AS times FROM events GROUP BY source, id'
    const stored = await (await client.query({ query, format: 'JSONEachRow' })).json<{ id: string; times: number }>()
    const there = new Set(stored.map(({ id }) => id))
    const sent = lines.map((line) => (JSON.parse(line) as { id: string }).id)
    return [
      ...stored.filter(({ times }) => Number(times) !== 1).map(({ id }) => id),
      ...sent.filter((id) => !there.has(id)),
    ]
  } finally {
    await client.close()
  }
}

/** What must not depend on whether the service lived through it. */
const essence = (found: readonly Alert[]) =>
  found
    .map(({ id, level, status, firstEventTime, lastEventTime, evidence }) => ({
      id,
      level,
      status,
      firstEventTime,
      lastEventTime,
      observed: evidence.observed,
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1))

async function acknowledge(service: Service, { id, revision }: Alert): Promise<void> {
  const response = await service.request(`/v1/alerts/${id}/actions`, {
    body: JSON.stringify({ action: 'acknowledge' }),
    headers: { 'content-type': 'application/json', 'if-match': `"${revision}"` },
  })
  expect(response.status).toBe(200)
}

test('a backup taken under load, restored elsewhere, goes on as if nothing had happened', {
  timeout: 180_000,
}, async () => {
  const first = await startService()
  running.push(first)
  await send(first, 0, HALF)
  await settled(first)
  const [one] = await alerts(first)
  if (one === undefined) throw new Error('the first half raises no alert')
  await acknowledge(first, one)
  const client = await follow(first.url, { key: first.adminKey })
  const hello = await client.subscribes()
  await client.leaves()

  // A correction waits for an event that comes after the restore, another was applied before.
  expect(await sendOne(first, complaintOf('early'))).toMatchObject({ accepted: 1 })
  expect(await sendOne(first, retractionOf('early'))).toMatchObject({ accepted: 1 })
  expect(await sendOne(first, retractionOf('late'))).toMatchObject({ accepted: 1 })
  expect(await retractedBy(first, 'early')).toBe('without-early')

  const backup = join(home, 'backup')
  const backingUp = yujing('backup', backup, '--data-dir', first.dataDir)
  await send(first, HALF, lines.length)
  const taken = await backingUp
  expect(taken).toMatchObject({ code: 0 })
  expect(taken.out).toContain('The person key')
  await settled(first)
  const expected = essence(await alerts(first))
  expect(expected.find(({ id }) => id === one.id)?.status).toBe('acknowledged')

  const manifest = JSON.parse(readFileSync(join(backup, 'manifest.json'), 'utf8')) as Manifest
  expect(statSync(backup).mode & 0o777).toBe(0o700)
  for (const { file } of [...manifest.streams, ...manifest.tables])
    expect(statSync(join(backup, file)).mode & 0o777, file).toBe(0o600)

  const elsewhere = join(home, 'elsewhere')
  const withoutKey = await yujing('restore', backup, '--data-dir', elsewhere)
  expect(withoutKey).toMatchObject({ code: 1 })
  expect(withoutKey.err).toContain('give that key')
  mkdirSync(elsewhere, { recursive: true, mode: 0o700 })
  cpSync(join(first.dataDir, 'person.key'), join(elsewhere, 'person.key'))
  await first.kill()

  const restored = await yujing('restore', backup, '--data-dir', elsewhere)
  expect(restored.err).not.toContain('Error')
  expect(restored).toMatchObject({ code: 0 })
  const again = await yujing('restore', backup, '--data-dir', elsewhere)
  expect(again).toMatchObject({ code: 1 })
  expect(again.err).toContain('already')

  const second = await startService({ dataDir: elsewhere })
  running.push(second)
  const known = new Map(expected.map((alert) => [alert.id, alert]))
  await settled(second)
  const back = await alerts(second)
  expect(back.length).toBeGreaterThan(0)
  expect(back.filter(({ id }) => !known.has(id))).toEqual([])
  expect(back.find(({ id }) => id === one.id)?.status).toBe('acknowledged')

  const late = await follow(second.url, { key: second.adminKey })
  late.says({ type: 'subscribe', after: { epoch: hello.epoch, offset: hello.offset } })
  await late.gets('reset')
  await late.leaves()

  expect(await retractedBy(second, 'early')).toBe('without-early')
  expect(await sendOne(second, retractionOf('late'))).toMatchObject({ duplicates: 1 })
  expect(await sendOne(second, complaintOf('late'))).toMatchObject({ accepted: 1 })
  expect(await retractedBy(second, 'late')).toBe('without-late')

  const { accepted, duplicates } = await send(second, 0, lines.length)
  expect(accepted + duplicates).toBe(lines.length)
  expect(duplicates).toBeGreaterThanOrEqual(HALF)
  await settled(second)
  expect(essence(await alerts(second))).toEqual(expected)
  expect(await storedWrongly(second)).toEqual([])
})

test('a damaged backup, one that was cut off and a directory in use are refused before anything is touched', {
  timeout: 120_000,
}, async () => {
  const source = join(home, 'backup')
  const damaged = join(home, 'damaged')
  cpSync(source, damaged, { recursive: true })
  const log = join(damaged, 'YUJING_EVENTS.stream')
  const bytes = readFileSync(log)
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1
  writeFileSync(log, bytes)
  const target = join(home, 'fresh')
  const refused = await yujing('restore', damaged, '--data-dir', target)
  expect(refused).toMatchObject({ code: 1 })
  expect(refused.err).toContain('YUJING_EVENTS.stream')
  rmSync(join(damaged, 'manifest.json'))
  expect((await yujing('restore', damaged, '--data-dir', target)).err).toContain('no whole backup')

  const inUse = running.at(-1)
  if (inUse === undefined) throw new Error('no service runs')
  const owned = await yujing('restore', source, '--data-dir', inUse.dataDir)
  expect(owned).toMatchObject({ code: 1 })
  expect(owned.err).toMatch(/held|owner|process/)
  const full = await yujing('backup', source, '--data-dir', inUse.dataDir)
  expect(full).toMatchObject({ code: 1 })
  expect(full.err).toContain('not empty')
  expect((await yujing('backup', join(home, 'x'), '--data-dir', join(home, 'nowhere'))).err).toContain(
    'no service runs',
  )
})
