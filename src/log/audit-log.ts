import type { AuditRecord } from '../model/audit.ts'
import type { LogParts } from './log-parts.ts'
import { readOrdered } from './ordered-reader.ts'
import { AUDIT } from './streams.ts'

/** What must be answered for, in the order in which it was done; kept without end. */
export interface AuditLog {
  /** Resolves once the server has it; throws `log.unavailable`, or `log.full`: then it must not be done. */
  append(record: AuditRecord): Promise<void>
  /** Every record from a number on, in order, without end; ends when aborted. */
  read(fromSeq: number, signal: AbortSignal): AsyncIterable<AuditRecord>
}

const APPEND_TIMEOUT_MS = 5_000
const READ_AHEAD = 200

/** The audit over a connection whose streams exist. */
export function createAuditLog(parts: LogParts): AuditLog {
  const { jetstream, state } = parts
  return {
    async append(record) {
      const options = { timeout: APPEND_TIMEOUT_MS }
      await state.ask(() => jetstream.publish(`yujing.audit.${record.action}`, JSON.stringify(record), options))
    },
    async *read(fromSeq, signal) {
      const read = { stream: AUDIT, from: fromSeq, signal, ahead: READ_AHEAD }
      for await (const message of readOrdered(parts, read)) yield message.json<AuditRecord>()
    },
  }
}
