import type { ClickHouseClient } from '@clickhouse/client'
import { formatTime } from '../../model/time.ts'

/** A refused event as far as it is counted. */
export interface RefusedEvent {
  readonly code: string
  /** '' where the event named none. */
  readonly source: string
  /** Epoch milliseconds. */
  readonly receivedAt: number
}

export interface CodeCount {
  readonly code: string
  readonly count: number
  /** When the last one came, RFC 3339 in +08:00. */
  readonly lastAt: string
}

const QUERY = `
SELECT code, count(), max(received_ms)
FROM quarantine_codes
GROUP BY code
ORDER BY count() DESC, code`

/** Refused events of one `source`. */
export interface SourceRefusals {
  readonly source: string
  readonly today: number
  readonly week: number
}

/** Names beyond it are left out: whoever makes up names must not make up the answer's length. */
const MOST_SOURCES = 2_000

const BY_SOURCE = `
SELECT source, countIf(received_ms >= {todayMs:Int64}), count()
FROM quarantine_codes
WHERE received_ms >= {weekMs:Int64} AND received_at >= fromUnixTimestamp64Milli({weekMs:Int64}, 'Asia/Shanghai')
GROUP BY source
ORDER BY count() DESC
LIMIT ${MOST_SOURCES}`

/** Refused events by source since the beginnings of today and of the week, epoch milliseconds. */
export async function refusedBySource(
  client: ClickHouseClient,
  from: { readonly todayMs: number; readonly weekMs: number },
): Promise<SourceRefusals[]> {
  const answer = await client.query({ query: BY_SOURCE, query_params: from, format: 'JSONCompactEachRow' })
  const rows = await answer.json<[string, number, number]>()
  return rows.map(([source, today, week]) => ({ source, today, week }))
}

/** Counts refused events. */
export async function countQuarantined(client: ClickHouseClient, refused: readonly RefusedEvent[]): Promise<void> {
  if (refused.length === 0) return
  const values = refused.map(({ code, source, receivedAt }) => ({ code, source, received_ms: receivedAt }))
  await client.insert({ table: 'quarantine_codes', values, format: 'JSONEachRow' })
}

/** How many events were refused, by code, the most frequent first. */
export async function quarantineCodes(client: ClickHouseClient): Promise<CodeCount[]> {
  const answer = await client.query({ query: QUERY, format: 'JSONCompactEachRow' })
  const rows = await answer.json<[string, number, number]>()
  return rows.map(([code, count, last]) => ({ code, count, lastAt: formatTime(last) }))
}
