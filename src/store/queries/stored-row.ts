import type { LoggedEvent } from '../../model/event.ts'
import { decodeRow, type EventHashes, ROW_COLUMNS } from '../../model/row.ts'

const AS_TEXT: readonly string[] = ['id_hash', 'content_hash']

/** The columns of an event in the order of the row format, the hashes as text. */
export const EVENT_COLUMNS = ROW_COLUMNS.map((name) => (AS_TEXT.includes(name) ? `toString(${name})` : name)).join(', ')

const DATA = ROW_COLUMNS.indexOf('data')
const REGISTER = ROW_COLUMNS.indexOf('register')

/** An event from a row of `SELECT ${EVENT_COLUMNS}` in JSONCompactEachRow: ClickHouse keeps objects as text. */
export function toEvent(row: readonly unknown[]): LoggedEvent & EventHashes {
  const line = row.map((value, column) =>
    column === DATA || column === REGISTER ? (value as string) : JSON.stringify(value),
  )
  return decodeRow(`[${line.join(',')}]`)
}
