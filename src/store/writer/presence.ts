import type { ClickHouseClient } from '@clickhouse/client'
import type { Batch } from './batch.ts'

/** Rows that ClickHouse holds of a stretch of the log, by table. */
export interface Presence {
  readonly events: number
  readonly positions: number
  readonly ids: number
  readonly keys: number
  /** Keys that the events name: what `keys` must be. */
  readonly keysNamed: number
  readonly controls: number
}

const WITHIN = 'WHERE log_epoch = {epoch:String} AND seq BETWEEN {from:UInt64} AND {to:UInt64}'
const ASK = `
SELECT
    (SELECT count() FROM events ${WITHIN}),
    (SELECT count() FROM event_positions ${WITHIN}),
    (SELECT count() FROM event_ids ${WITHIN}),
    (SELECT count() FROM event_keys ${WITHIN}),
    (SELECT sum(length(keys)) FROM events ${WITHIN}),
    (SELECT count() FROM control_entries ${WITHIN})`
const TABLES = ['events', 'event_positions', 'event_ids', 'event_keys', 'control_entries']

function within({ fromSeq, toSeq }: Batch, epoch: string) {
  return { epoch, from: fromSeq, to: toSeq }
}

/** Asks what of a batch is there. */
export async function presenceOf(client: ClickHouseClient, batch: Batch, epoch: string): Promise<Presence> {
  const answer = await client.query({ query: ASK, query_params: within(batch, epoch), format: 'JSONCompactEachRow' })
  const [row] = await answer.json<number[]>()
  const [events = 0, positions = 0, ids = 0, keys = 0, keysNamed = 0, controls = 0] = row ?? []
  return { events, positions, ids, keys, keysNamed, controls }
}

/** Whether each table holds so many rows and control entries exactly once. */
export function isWhole(presence: Presence, rows: number, controls: number): boolean {
  const { events, positions, ids, keys, keysNamed } = presence
  return [events, positions, ids].every((n) => n === rows) && keys === keysNamed && presence.controls === controls
}

/** Takes away whatever is there of a batch. The record of an enterprise needs no clearing: telling it twice is harmless. */
export async function clear(client: ClickHouseClient, batch: Batch, epoch: string): Promise<void> {
  for (const table of TABLES)
    await client.command({
      query: `DELETE FROM ${table} ${WITHIN}`,
      query_params: within(batch, epoch),
      clickhouse_settings: { lightweight_deletes_sync: '2' },
    })
}

/** Highest sequence of a log of which ClickHouse holds anything, 0 when nothing. */
export async function highestSeq(client: ClickHouseClient, epoch: string): Promise<number> {
  const query = `
SELECT greatest((SELECT max(seq) FROM event_positions WHERE log_epoch = {epoch:String}),
                (SELECT max(seq) FROM control_entries WHERE log_epoch = {epoch:String}))`
  const answer = await client.query({ query, query_params: { epoch }, format: 'JSONCompactEachRow' })
  return (await answer.json<[number]>())[0]?.[0] ?? 0
}
