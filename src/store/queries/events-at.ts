import { type ClickHouseClient, TupleParam } from '@clickhouse/client'
import type { LoggedEvent } from '../../model/event.ts'
import type { Position } from '../../model/position.ts'
import { EVENT_COLUMNS, type StoredRow, toEvent } from './stored-row.ts'

/** Positions in one question: they travel in the URL, which may have a MiB. */
const MOST_POSITIONS = 5_000

const QUERY = `
SELECT ${EVENT_COLUMNS}
FROM events
WHERE (subject, time_ms) IN
(
    SELECT subject, time_ms
    FROM event_positions
    WHERE log_epoch = {epoch:String} AND (seq, idx) IN {positions:Array(Tuple(UInt64, UInt32))}
)
AND log_epoch = {epoch:String} AND (seq, idx) IN {positions:Array(Tuple(UInt64, UInt32))}`

/** The events at these positions that are stored, in the order of the positions; the others are absent. */
export async function eventsAt(client: ClickHouseClient, positions: readonly Position[]): Promise<LoggedEvent[]> {
  const found = new Map<string, LoggedEvent>()
  const name = ({ epoch, seq, index }: Position) => `${epoch}-${seq}-${index}`
  for (const [epoch, members] of byEpoch(positions)) {
    for (let start = 0; start < members.length; start += MOST_POSITIONS) {
      const asked = members.slice(start, start + MOST_POSITIONS).map(({ seq, index }) => new TupleParam([seq, index]))
      const query_params = { epoch, positions: asked }
      const answer = await client.query({ query: QUERY, query_params, format: 'JSONCompactEachRow' })
      for (const event of (await answer.json<StoredRow>()).map(toEvent)) found.set(name(event.position), event)
    }
  }
  return positions.flatMap((position) => found.get(name(position)) ?? [])
}

function byEpoch(positions: readonly Position[]): Map<string, Position[]> {
  const groups = new Map<string, Position[]>()
  for (const position of positions) {
    const group = groups.get(position.epoch)
    if (group) group.push(position)
    else groups.set(position.epoch, [position])
  }
  return groups
}
