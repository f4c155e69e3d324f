import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Alert } from '../../src/model/alert.ts'
import { type Service, startService } from '../support/service.ts'
import { alerts, settled } from '../support/world.ts'

const lines = gunzipSync(readFileSync(join(import.meta.dirname, '../data/real-complaints-2011-2012.ndjson.gz')))
  .toString('utf8')
  .trim()
  .split('\n')
  .slice(0, 12_000)
const BATCH = 500

let straight: Service
let broken: Service
beforeAll(async () => {
  straight = await startService()
  broken = await startService()
})
afterAll(async () => {
  await straight.stop()
  await broken.stop()
})

/** Sends a batch until it is known to be in the log, as a source would. */
async function send(service: Service, batch: readonly string[]): Promise<number> {
  const response = await service.request('/v1/events', {
    body: batch.join('\n'),
    headers: { 'content-type': 'application/x-ndjson' },
  })
  expect(response.status).toBe(202)
  return ((await response.json()) as { accepted: number }).accepted
}

/** What must not depend on the kill. */
const essence = (found: readonly Alert[]) =>
  found
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
    for (let start = 0; start < lines.length; start += BATCH) await send(straight, lines.slice(start, start + BATCH))
    await settled(straight)
    const expected = essence(await alerts(straight))
    expect(expected.length).toBeGreaterThan(0)

    const half = lines.length / 2
    for (let start = 0; start < half; start += BATCH) await send(broken, lines.slice(start, start + BATCH))
    // The batch under way when the kill comes: its sender gets no answer and sends it again.
    const underWay = send(broken, lines.slice(half, half + BATCH)).catch(() => null)
    const children = (JSON.parse(readFileSync(join(broken.dataDir, 'children.json'), 'utf8')) as unknown[]).flatMap(
      pidsOf,
    )
    await broken.kill()
    await underWay
    await new Promise((resolve) => setTimeout(resolve, 6_000))
    expect(children.length).toBeGreaterThanOrEqual(2)
    expect(children.filter(isAlive)).toEqual([])
    await broken.start()
    for (let start = half; start < lines.length; start += BATCH) await send(broken, lines.slice(start, start + BATCH))
    await settled(broken)
    expect(essence(await alerts(broken))).toEqual(expected)
  })
})

function pidsOf(entry: unknown): number[] {
  if (typeof entry !== 'object' || entry === null) return []
  return Object.entries(entry).flatMap(([name, value]) =>
    /pid/i.test(name) && typeof value === 'number' ? [value] : [],
  )
}
