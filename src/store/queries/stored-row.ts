import type { LoggedEvent } from '../../model/event.ts'
import { type EventHashes, eventOfRow, ROW_COLUMNS, type Row } from '../../model/row.ts'

const AS_TEXT: readonly string[] = ['id_hash', 'content_hash']

/** The columns of an event in the order of the row format, the hashes as text. */
export const EVENT_COLUMNS = ROW_COLUMNS.map((name) => (AS_TEXT.includes(name) ? `toString(${name})` : name)).join(', ')

/** A row of `SELECT ${EVENT_COLUMNS}` in JSONCompactEachRow. */
export type StoredRow = Row

/** The event of a stored row: ClickHouse keeps the two objects as text. */
export function toEvent(row: StoredRow): LoggedEvent & EventHashes {
  const event = eventOfRow(row)
  return { ...event, data: parsed(event.data), register: parsed(event.register) }
}

function parsed<T>(text: T): T {
  return JSON.parse(text as string) as T
}
