import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { createClient } from '@clickhouse/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Alert } from '../../src/model/alert.ts'
import { type Service, startService } from '../support/service.ts'
import { alerts, type IngestAnswer, settled } from '../support/world.ts'

const DAY = 86_400_000
const lines = gunzipSync(readFileSync(join(import.meta.dirname, '../data/real-complaints-2011-2012.ndjson.gz')))
  .toString('utf8')
  .trim()
  .split('\n')

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.stop())

async function postAll(): Promise<{ accepted: number; duplicates: number; rejected: number; reused: number }> {
  const sum = { accepted: 0, duplicates: 0, rejected: 0, reused: 0 }
  for (let start = 0; start < lines.length; start += 5_000) {
    const response = await service.request('/v1/events', {
      body: gzipSync(lines.slice(start, start + 5_000).join('\n')),
      headers: { 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' },
    })
    expect(response.status).toBe(202)
    const answer = (await response.json()) as IngestAnswer
    sum.accepted += answer.accepted
    sum.duplicates += answer.duplicates
    sum.rejected += answer.rejected.length
    sum.reused += answer.reused.length
  }
  return sum
}

/** P(Poisson(mean) >= count) by the complement: an independent way, good to about 1e-12 absolute. */
function upperTail(mean: number, count: number): number {
  let term = Math.exp(-mean)
  let below = 0
  for (let k = 0; k < count; k++) {
    below += term
    term *= mean / (k + 1)
  }
  return 1 - below
}

describe('37,228 real complaints', () => {
  test('are stored once, raise historic alerts, and each alert is recomputed from the store', async () => {
    expect(await postAll()).toEqual({ accepted: 37_228, duplicates: 2, rejected: 0, reused: 2 })
    await settled(service)
    const first = await alerts(service, '&detector=complaint-surge')
    expect(first.length).toBeGreaterThan(0)
    expect(first.every((alert) => alert.historic)).toBe(true)

    const { clickhouseUrl } = JSON.parse(readFileSync(join(service.dataDir, 'runtime.json'), 'utf8')) as {
      clickhouseUrl: string
    }
    const store = createClient({ url: clickhouseUrl })
    const counted = await store.query({
      query: 'SELECT count() AS n, uniqExact(source, id) AS ids FROM events',
      format: 'JSONEachRow',
    })
    expect(
      ((await counted.json()) as { n: string; ids: string }[]).map(({ n, ids }) => [Number(n), Number(ids)]),
    ).toEqual([[37_228, 37_228]])
    for (const alert of first) await recompute(store, alert)
    await store.close()
    console.log(
      `${first.length} complaint-surge alerts, all historic, each recomputed from ClickHouse with the same numbers`,
    )

    expect(await postAll()).toMatchObject({ accepted: 0, duplicates: 37_230, rejected: 0 })
    await settled(service)
    expect(await alerts(service, '&detector=complaint-surge')).toEqual(first)
  })
})

async function recompute(store: ReturnType<typeof createClient>, alert: Alert): Promise<void> {
  const { from, to, position, observed, expected, probability, eventsTotal } = alert.evidence
  const answer = await store.query({
    query: `
      SELECT
        uniqExactIf(if(JSONExtractString(data, 'complainant', 'key') = '', concat(source, ' ', id), JSONExtractString(data, 'complainant', 'key')), time_ms >= {from:Int64}) AS complainants,
        countIf(time_ms >= {from:Int64}) AS complaints,
        countIf(time_ms < {from:Int64}) AS before
      FROM events
      WHERE subject = {subject:String} AND type = 'complaint.filed'
        AND time_ms >= {from:Int64} - 84 * ${DAY} AND time_ms < {to:Int64}
        AND (seq, idx) <= ({seq:UInt64}, {idx:UInt32})`,
    query_params: {
      subject: alert.subject.key,
      from: Date.parse(from),
      to: Date.parse(to),
      seq: position.seq,
      idx: position.index,
    },
    format: 'JSONEachRow',
  })
  const [row] = (await answer.json()) as { complainants: string; complaints: string; before: string }[]
  const mean = Math.max(0.5, Number(row?.before) / 12)
  expect({ id: alert.id, observed, eventsTotal }).toEqual({
    id: alert.id,
    observed: Number(row?.complainants),
    eventsTotal: Number(row?.complaints),
  })
  expect(expected).toBeCloseTo(mean, 9)
  expect(Math.abs((probability as number) - upperTail(mean, observed))).toBeLessThan(1e-9)
  expect(observed).toBeGreaterThanOrEqual(Math.max(5, 3 * mean))
}
