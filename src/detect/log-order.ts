import type { ControlEntry } from '../model/control.ts'
import type { LogMessage, StoredMessage } from '../model/log-message.ts'
import { decodeBatch } from '../model/row.ts'

/** The log is not what detection may rely on: a bug or a mixed-up stream; the host stops. */
export class LogOrderError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'LogOrderError'
  }
}

/** Decodes a message of the log; throws LogOrderError when it does not say of itself where the log has it. */
export function decodeMessage({ seq, kind, count, payload }: LogMessage, epoch: string): StoredMessage {
  if (kind === 'control') {
    const entry = JSON.parse(new TextDecoder().decode(payload)) as ControlEntry
    if (entry.epoch !== epoch || entry.seq !== seq)
      throw new LogOrderError(`control entry ${seq} says it is ${entry.epoch} ${entry.seq}`)
    return { seq, kind, entry }
  }
  const events = decodeBatch(payload)
  if (events.length !== count)
    throw new LogOrderError(`message ${seq} announces ${count} rows and holds ${events.length}`)
  for (const [index, { position }] of events.entries())
    if (position.epoch !== epoch || position.seq !== seq || position.index !== index)
      throw new LogOrderError(
        `message ${seq} row ${index} says it is ${position.epoch} ${position.seq}/${position.index}`,
      )
  return { seq, kind, events }
}
