import type { ClickHouseClient } from '@clickhouse/client'
import type { LoggedEvent } from '../../model/event.ts'
import type { EventHashes } from '../../model/row.ts'
import { asking, asStoreFailure } from '../failures.ts'
import { EVENT_COLUMNS, type StoredRow, toEvent } from './stored-row.ts'

/** A stretch of one log: from `fromSeq` (inclusive; default the beginning) to `belowSeq` (exclusive). */
export interface LogRange {
  readonly epoch: string
  readonly fromSeq?: number
  readonly belowSeq: number
  /** Only events of these types and what corrects others; all of them when absent, none when empty. */
  readonly types?: readonly string[]
}

/** Rows of a stretch that ClickHouse sorts at once, about; and rows of a page. */
const STRETCH_ROWS = 200_000
const PAGE_ROWS = 2_000

/** Batches of the log with their rows and times of arrival, in order: read as the table lies, nothing is sorted. */
const BATCHES = `
SELECT seq, count(), min(received_ms), max(received_ms)
FROM event_positions
WHERE log_epoch = {epoch:String} AND seq >= {from:UInt64} AND seq < {below:UInt64}
GROUP BY log_epoch, seq
ORDER BY seq
SETTINGS optimize_aggregation_in_order = 1`

/** The bounds of arrival leave out the months that hold nothing of the stretch. */
const EVENTS = `
SELECT ${EVENT_COLUMNS}
FROM events
WHERE log_epoch = {epoch:String} AND seq BETWEEN {from:UInt64} AND {to:UInt64}
  AND (empty({types:Array(String)}) OR type IN {types:Array(String)} OR retracts != '')
  AND received_at BETWEEN fromUnixTimestamp64Milli({since:Int64}) AND fromUnixTimestamp64Milli({until:Int64})
ORDER BY seq, idx`

interface Stretch {
  readonly from: number
  to: number
  rows: number
  since: number
  until: number
}

/**
 * All stored events of a stretch of the log, in its order, in pages. `events` lies in another order, so it is sorted
 * a stretch at a time: memory is bounded however long the log is.
 */
export async function* eventsInLogOrder(
  client: ClickHouseClient,
  range: LogRange,
): AsyncGenerator<(LoggedEvent & EventHashes)[]> {
  if (range.types?.length === 0) return
  for await (const stretch of stretches(client, range)) yield* eventsOf(client, range, stretch)
}

async function* stretches(client: ClickHouseClient, range: LogRange): AsyncGenerator<Stretch> {
  const query_params = { epoch: range.epoch, from: range.fromSeq ?? 0, below: range.belowSeq }
  let stretch: Stretch | null = null
  for await (const page of pages<[number, number, number, number]>(client, BATCHES, query_params)) {
    for (const [seq, rows, first, last] of page) {
      stretch ??= { from: seq, to: seq, rows: 0, since: first, until: last }
      stretch.to = seq
      stretch.rows += rows
      stretch.since = Math.min(stretch.since, first)
      stretch.until = Math.max(stretch.until, last)
      if (stretch.rows < STRETCH_ROWS) continue
      yield stretch
      stretch = null
    }
  }
  if (stretch !== null) yield stretch
}

async function* eventsOf(
  client: ClickHouseClient,
  { epoch, types = [] }: LogRange,
  stretch: Stretch,
): AsyncGenerator<(LoggedEvent & EventHashes)[]> {
  const { from, to, since, until } = stretch
  let page: (LoggedEvent & EventHashes)[] = []
  for await (const rows of pages<StoredRow>(client, EVENTS, { epoch, from, to, since, until, types })) {
    for (const row of rows) {
      page.push(toEvent(row))
      if (page.length < PAGE_ROWS) continue
      yield page
      page = []
    }
  }
  if (page.length > 0) yield page
}

/** The rows of an answer as they come over the wire. */
export async function* pages<T>(
  client: ClickHouseClient,
  query: string,
  query_params: Record<string, unknown>,
): AsyncGenerator<T[]> {
  const answer = await asking(() => client.query({ query, query_params, format: 'JSONCompactEachRow' }))
  try {
    for await (const rows of answer.stream<T>()) yield rows.map((row) => row.json<T>())
  } catch (error) {
    throw asStoreFailure(error)
  } finally {
    answer.close()
  }
}
