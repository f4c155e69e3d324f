import type { ControlEntry } from '../model/control.ts'
import type { LoggedEvent } from '../model/event.ts'
import type { LogMessage } from '../model/log-message.ts'
import { RowReader } from '../model/row-reader.ts'

/** A row of a type that nobody reads, which corrects nothing: it moves log time and nothing else. */
export interface PassedRow {
  readonly isPassed: true
  readonly receivedAt: number
}

/** A message as the fold takes it; one that the store gave back is one too. */
export type FoldMessage =
  | { readonly seq: number; readonly kind: 'rows'; readonly events: readonly (LoggedEvent | PassedRow)[] }
  | { readonly seq: number; readonly kind: 'control'; readonly entry: ControlEntry }

/** The log is not what detection may rely on: a bug or a mixed-up stream; the host stops. */
export class LogOrderError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'LogOrderError'
  }
}

/**
 * Decodes a message of the log, of its rows those of the types that are `read` and those that correct others. Throws
 * LogOrderError when it does not say of itself where the log has it.
 */
export function decodeMessage(
  { seq, kind, count, payload }: LogMessage,
  epoch: string,
  read: Pick<ReadonlySet<string>, 'has'>,
): FoldMessage {
  if (kind === 'control') {
    const entry = JSON.parse(new TextDecoder().decode(payload)) as ControlEntry
    if (entry.epoch !== epoch || entry.seq !== seq)
      throw new LogOrderError(`control entry ${seq} says it is ${entry.epoch} ${entry.seq}`)
    return { seq, kind, entry }
  }
  const events: (LoggedEvent | PassedRow)[] = []
  const rows = new RowReader(payload)
  while (rows.next()) {
    if (rows.epoch !== epoch || rows.seq !== seq || rows.index !== events.length)
      throw new LogOrderError(`message ${seq} row ${events.length} says it is ${rows.epoch} ${rows.seq}/${rows.index}`)
    events.push(read.has(rows.type) || rows.retracts() ? rows.event() : { isPassed: true, receivedAt: rows.receivedAt })
  }
  if (events.length !== count)
    throw new LogOrderError(`message ${seq} announces ${count} rows and holds ${events.length}`)
  return { seq, kind, events }
}
