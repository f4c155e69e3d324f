import type { ClickHouseClient } from '@clickhouse/client'
import { areaPrefix } from '../../model/area.ts'
import { ATTRIBUTABLE_TYPES } from '../../model/correction.ts'
import { EVENT_COLUMNS, type StoredRow, toEvent } from './stored-row.ts'
import { decodeCursor, encodeCursor, START, type TimelinePage, toCloudEvent } from './timeline.ts'

/** What is older has been handled elsewhere; it would only make the list, and the question, long. */
const LOOKS_BACK_DAYS = 365

/** Events without an enterprise stand together: `subject` leads the order of the table. */
const OF_NOBODY = `
  subject = '' AND type IN {types:Array(String)} AND time_ms >= toUnixTimestamp(now() - INTERVAL ${LOOKS_BACK_DAYS} DAY) * 1000
  AND (empty({areas:Array(String)}) OR arrayExists(area -> startsWith(region, area), {areas:Array(String)}))`

const QUERY = `
SELECT ${EVENT_COLUMNS}
FROM events
WHERE ${OF_NOBODY}
  AND (time_ms, log_epoch, seq, idx) < ({time:Int64}, {epoch:String}, {seq:UInt64}, {index:UInt32})
  AND toString(id_hash) NOT IN
    (SELECT key FROM event_keys WHERE kind = 'event' AND key IN (SELECT toString(id_hash) FROM events WHERE ${OF_NOBODY}))
ORDER BY subject DESC, time_ms DESC, log_epoch DESC, seq DESC, idx DESC
LIMIT {limit:UInt32}`

/**
 * Complaints, reports and opinions of the last year that name no enterprise and still stand, newest first by event time:
 * what waits for an officer to say of whom it speaks.
 *
 * @param areas GB/T 2260 codes of which the event's county must lie in one
 */
export async function unattributed(
  client: ClickHouseClient,
  wanted: {
    readonly areas: readonly string[] | 'all'
    readonly limit: number
    readonly cursor: string | null
  },
): Promise<TimelinePage> {
  const { limit, cursor } = wanted
  const [time, epoch, seq, index] = cursor === null ? START : decodeCursor(cursor)
  const query_params = {
    types: [...ATTRIBUTABLE_TYPES],
    areas: wanted.areas === 'all' ? [] : wanted.areas.map(areaPrefix),
    ...{ time, epoch, seq, index },
    // One more than asked for tells whether there is another page.
    limit: limit + 1,
  }
  const answer = await client.query({ query: QUERY, query_params, format: 'JSONCompactEachRow' })
  const events = (await answer.json<StoredRow>()).map(toEvent)
  const page = events.slice(0, limit)
  const last = page.at(-1)
  const items = page.map((event) => toCloudEvent(event, undefined))
  return { items, next: events.length > limit && last ? encodeCursor(last) : null }
}
