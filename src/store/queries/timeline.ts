import type { ClickHouseClient } from '@clickhouse/client'
import type { CorrectionKind } from '../../model/correction.ts'
import { YujingError } from '../../model/errors.ts'
import type { LoggedEvent } from '../../model/event.ts'
import { formatTime } from '../../model/time.ts'
import { type CorrectedBy, correctionsOf } from './corrections.ts'
import { EVENT_COLUMNS, type StoredRow, toEvent } from './stored-row.ts'

/** A CloudEvent as stored: people are pseudonyms. Extensions that are not set are absent. */
export interface CloudEvent {
  readonly specversion: '1.0'
  readonly id: string
  readonly source: string
  readonly type: string
  readonly subject: string
  /** RFC 3339 in +08:00. */
  readonly time: string
  readonly region: string
  readonly industry?: string
  readonly datacontenttype: 'application/json'
  readonly backfill?: true
  readonly test?: true
  readonly retracts?: string
  /** Id of the event of the same source that withdrew, replaced or attributed this one, how, and when it came. */
  readonly retractedby?: string
  readonly retraction?: CorrectionKind
  readonly retractedat?: string
  readonly data: Readonly<Record<string, unknown>>
}

export interface TimelinePage {
  readonly items: readonly CloudEvent[]
  /** Goes back as the cursor of the next page; null at the end. */
  readonly next: string | null
}

/** The place of the last event of a page in the order of the timeline. */
type Place = readonly [timeMs: number, epoch: string, seq: number, index: number]

const QUERY = `
SELECT ${EVENT_COLUMNS}
FROM events
WHERE subject = {code:String}
  AND (empty({types:Array(String)}) OR type IN {types:Array(String)})
  AND (time_ms, log_epoch, seq, idx) < ({time:Int64}, {epoch:String}, {seq:UInt64}, {index:UInt32})
ORDER BY subject DESC, time_ms DESC, log_epoch DESC, seq DESC, idx DESC
LIMIT {limit:UInt32}`

/** Before everything: no event lies so far ahead. */
export const START: Place = [8_640_000_000_000_000, '', 0, 0]

/** The events of an enterprise, newest first by event time, at most `limit` (1 to 1,000); of these types, of all when none is named. */
export async function timeline(
  client: ClickHouseClient,
  code: string,
  limit: number,
  cursor: string | null,
  types: readonly string[] = [],
): Promise<TimelinePage> {
  const [time, epoch, seq, index] = cursor === null ? START : decodeCursor(cursor)
  // One more than asked for tells whether there is another page.
  const query_params = { code, types, time, epoch, seq, index, limit: limit + 1 }
  const answer = await client.query({ query: QUERY, query_params, format: 'JSONCompactEachRow' })
  const events = (await answer.json<StoredRow>()).map(toEvent)
  const page = events.slice(0, limit)
  const last = page.at(-1)
  const corrections = await correctionsOf(
    client,
    page.map(({ idHash }) => idHash),
  )
  const items = page.map((event) => toCloudEvent(event, corrections.get(event.idHash)))
  return { items, next: events.length > limit && last ? encodeCursor(last) : null }
}

/** Of the last event of a page. */
export function encodeCursor({ time, position }: LoggedEvent): string {
  const place: Place = [time, position.epoch, position.seq, position.index]
  return Buffer.from(JSON.stringify(place)).toString('base64url')
}

/** @throws YujingError `request.invalid` for one that `encodeCursor` did not give */
export function decodeCursor(cursor: string): Place {
  const refused = new YujingError('request.invalid', 'cursor: not one of this timeline')
  let place: unknown
  try {
    place = JSON.parse(Buffer.from(cursor, 'base64url').toString())
  } catch {
    throw refused
  }
  if (!Array.isArray(place) || place.length !== 4) throw refused
  const [time, epoch, seq, index] = place
  const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0
  if (!Number.isSafeInteger(time) || typeof epoch !== 'string' || !isCount(seq) || !isCount(index)) throw refused
  if (index > 0xff_ff_ff_ff) throw refused
  return [time, epoch, seq, index]
}

/** @param by what corrected it, if anything did */
export function toCloudEvent(event: LoggedEvent, by: CorrectedBy | undefined): CloudEvent {
  return {
    specversion: '1.0',
    id: event.id,
    source: event.source,
    type: event.type,
    subject: event.subject,
    time: formatTime(event.time),
    region: event.region,
    ...(event.industry === '' ? {} : { industry: event.industry }),
    datacontenttype: 'application/json',
    ...(event.backfill ? { backfill: true } : {}),
    ...(event.test ? { test: true } : {}),
    ...(event.retracts === '' ? {} : { retracts: event.retracts }),
    ...(by && { retractedby: by.id, retraction: by.kind, retractedat: formatTime(by.receivedAt) }),
    data: event.data,
  }
}
