import type { ClickHouseClient } from '@clickhouse/client'
import type { ParametersControl } from '../../model/control.ts'
import type { KeyKind, LoggedEvent } from '../../model/event.ts'
import type { Position } from '../../model/position.ts'
import { pages } from './events-in-log-order.ts'
import { EVENT_COLUMNS, type StoredRow, toEvent } from './stored-row.ts'

/** A key's events and its detector's parameters as they came, up to a position. */
export interface KeyHistory {
  readonly events: readonly LoggedEvent[]
  readonly parameters: readonly { readonly position: Position; readonly data: ParametersControl['data'] }[]
}

/** Up to a position (inclusive) of its own log; other logs lie before it, in the order of time. */
const UP_TO = '(log_epoch != {epoch:String} OR (seq, idx) <= ({seq:UInt64}, {index:UInt32}))'
const ORDER = 'log_epoch = {epoch:String}, if(log_epoch = {epoch:String}, 0, received_ms), seq, idx'

const BY_SUBJECT = `
SELECT ${EVENT_COLUMNS} FROM events
WHERE subject = {key:String} AND type IN {types:Array(String)} AND ${UP_TO}
ORDER BY ${ORDER}`

const BY_KEY = `
SELECT ${EVENT_COLUMNS} FROM events
WHERE (subject, time_ms, log_epoch, seq, idx) IN
  (SELECT subject, time_ms, log_epoch, seq, idx FROM event_keys WHERE kind = {kind:String} AND key = {key:String})
  AND type IN {types:Array(String)} AND ${UP_TO}
ORDER BY ${ORDER}`

const PARAMETERS = `
SELECT log_epoch, seq, data FROM control_entries
WHERE type = 'yujing.parameters' AND JSONExtractString(data, 'detector') = {detector:String}
  AND (log_epoch != {epoch:String} OR seq <= {seq:UInt64})
ORDER BY log_epoch = {epoch:String}, at_ms, seq`

/** All that a detector needs to judge one key again as it stood at a position. */
export async function keyHistory(
  client: ClickHouseClient,
  wanted: {
    readonly kind: KeyKind
    readonly key: string
    readonly types: readonly string[]
    readonly detector: string
    readonly upTo: Position
  },
): Promise<KeyHistory> {
  const { kind, key, types, detector, upTo } = wanted
  const query_params = { kind, key, types: [...types], detector, ...upTo }
  const events: LoggedEvent[] = []
  for await (const page of pages<StoredRow>(client, kind === 'enterprise' ? BY_SUBJECT : BY_KEY, query_params))
    for (const row of page) events.push(toEvent(row))
  const parameters: { position: Position; data: ParametersControl['data'] }[] = []
  for await (const page of pages<[string, number, string]>(client, PARAMETERS, query_params))
    for (const [epoch, seq, data] of page)
      parameters.push({ position: { epoch, seq, index: 0 }, data: JSON.parse(data) as ParametersControl['data'] })
  return { events, parameters }
}
