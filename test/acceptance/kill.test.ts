import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Alert, StoredAlert } from '../../src/model/alert.ts'
import { readOffline } from '../chaos/offline.ts'
import { openLog } from '../chaos/world.ts'
import { askClickHouse, eventually, type Service, startService } from '../support/service.ts'
import { alerts, settled } from '../support/world.ts'

const lines = gunzipSync(readFileSync(join(import.meta.dirname, '../data/real-complaints-2011-2012.ndjson.gz')))
  .toString('utf8')
  .trim()
  .split('\n')
  .slice(0, 12_000)
const BATCH = 500

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.stop())

/** Sends a batch until it is known to be in the log, as a source would. */
async function send(batch: readonly string[]): Promise<number> {
  const response = await service.request('/v1/events', {
    body: batch.join('\n'),
    headers: { 'content-type': 'application/x-ndjson' },
  })
  expect(response.status).toBe(202)
  return ((await response.json()) as { accepted: number }).accepted
}

/** What must not depend on the kill. */
const essence = (found: Iterable<Alert | StoredAlert>) =>
  [...found]
    .map(({ id, level, firstEventTime, lastEventTime, evidence }) => ({
      id,
      level,
      firstEventTime,
      lastEventTime,
      observed: evidence.observed,
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1))

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe('kill -9 of the service in the middle', () => {
  test('leaves no orphan, loses nothing, and gives the alerts of an uninterrupted pass', async () => {
    const half = lines.length / 2
    for (let start = 0; start < half; start += BATCH) await send(lines.slice(start, start + BATCH))
    // The batch under way when the kill comes: its sender gets no answer and sends it again.
    const underWay = send(lines.slice(half, half + BATCH)).catch(() => null)
    const children = (JSON.parse(readFileSync(join(service.dataDir, 'children.json'), 'utf8')) as unknown[]).flatMap(
      pidsOf,
    )
    await service.kill()
    await underWay
    expect(children.length).toBeGreaterThanOrEqual(2)
    await eventually('the end of the children', async () => !children.some(isAlive))
    await service.start()
    for (let start = half; start < lines.length; start += BATCH) await send(lines.slice(start, start + BATCH))
    await settled(service)

    const sent = new Set(lines.map((line) => idOf(JSON.parse(line))))
    const stored = await askClickHouse(service, 'SELECT source, id FROM events FORMAT JSONEachRow')
    expect(
      stored
        .trim()
        .split('\n')
        .map((row) => idOf(JSON.parse(row)))
        .sort(),
    ).toEqual([...sent].sort())

    const log = await openLog({ service })
    const { alerts: expected } = await readOffline(log).finally(() => log.close())
    expect(expected.size).toBeGreaterThan(0)
    expect(essence(await alerts(service))).toEqual(essence(expected.values()))
  })
})

const idOf = ({ source, id }: { source: string; id: string }) => `${source} ${id}`

function pidsOf(entry: unknown): number[] {
  if (typeof entry !== 'object' || entry === null) return []
  return Object.entries(entry).flatMap(([name, value]) =>
    /pid/i.test(name) && typeof value === 'number' ? [value] : [],
  )
}
