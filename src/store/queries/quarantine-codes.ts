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
