import type { ClickHouseClient } from '@clickhouse/client'
import type { AllowListControl, CompletenessControl, DetectorsControl, ParametersControl } from '../../model/control.ts'
import type { KeyKind, LoggedEvent } from '../../model/event.ts'
import type { Position } from '../../model/position.ts'
import { pages } from './events-in-log-order.ts'
import { EVENT_COLUMNS, type StoredRow, toEvent } from './stored-row.ts'

/** A key's events and the control entries that change what its detector says, as they came, up to a position. */
export interface KeyHistory {
  readonly events: readonly LoggedEvent[]
  readonly controls: readonly {
    readonly position: Position
    readonly at: number
    readonly control: ParametersControl | CompletenessControl | AllowListControl | DetectorsControl
  }[]
}

/** Up to a position (inclusive) of its own log; other logs lie before it, in the order of time. */
const UP_TO = '(log_epoch != {epoch:String} OR (seq, idx) <= ({seq:UInt64}, {index:UInt32}))'
const ORDER = 'log_epoch = {epoch:String}, if(log_epoch = {epoch:String}, 0, received_ms), seq, idx'

/** What is read, and what corrects events that may have been read. */
const READ = "(type IN {types:Array(String)} OR retracts != '')"

/** A correction may name another enterprise than the event it corrects, or none. */
const BY_SUBJECT = `
SELECT * FROM
(
  SELECT ${EVENT_COLUMNS} FROM events WHERE subject = {key:String} AND ${READ} AND ${UP_TO}
  UNION ALL
  SELECT ${EVENT_COLUMNS} FROM events
  WHERE (subject, time_ms, log_epoch, seq, idx) IN
    (SELECT subject, time_ms, log_epoch, seq, idx FROM event_keys WHERE kind = 'enterprise' AND key = {key:String})
    AND retracts != '' AND ${UP_TO}
)
ORDER BY ${ORDER}`

const BY_KEY = `
SELECT ${EVENT_COLUMNS} FROM events
WHERE (subject, time_ms, log_epoch, seq, idx) IN
  (SELECT subject, time_ms, log_epoch, seq, idx FROM event_keys WHERE kind = {kind:String} AND key = {key:String})
  AND ${READ} AND ${UP_TO}
ORDER BY ${ORDER}`

const CONTROLS = `
SELECT log_epoch, seq, at_ms, type, data FROM control_entries
WHERE ((type = 'yujing.parameters' AND JSONExtractString(data, 'detector') = {detector:String})
  OR (type = 'yujing.completeness' AND {waits:Bool})
  OR type IN ('yujing.allow-list', 'yujing.detectors'))
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
    /** It judges what has not happened: then how far sources have told belongs to it. */
    readonly waits: boolean
    readonly upTo: Position
  },
): Promise<KeyHistory> {
  const { kind, key, types, detector, waits, upTo } = wanted
  const query_params = { kind, key, types: [...types], detector, waits, ...upTo }
  const events: LoggedEvent[] = []
  for await (const page of pages<StoredRow>(client, kind === 'enterprise' ? BY_SUBJECT : BY_KEY, query_params))
    for (const row of page) events.push(toEvent(row))
  const controls: KeyHistory['controls'][number][] = []
  for await (const page of pages<[string, number, number, string, string]>(client, CONTROLS, query_params))
    for (const [epoch, seq, at, type, data] of page) {
      const control = { type, data: JSON.parse(data) as unknown } as KeyHistory['controls'][number]['control']
      controls.push({ position: { epoch, seq, index: 0 }, at, control })
    }
  return { events, controls }
}

/** Whether a control entry stands at a position. */
export async function hasControl(client: ClickHouseClient, { epoch, seq }: Position): Promise<boolean> {
  const query = 'SELECT count() FROM control_entries WHERE log_epoch = {epoch:String} AND seq = {seq:UInt64}'
  for await (const [row] of pages<[number]>(client, query, { epoch, seq })) return Number(row?.[0]) > 0
  return false
}
