import type { LogMessage } from '../../model/log-message.ts'

/** Consecutive messages of the log that go to ClickHouse as one insert. */
export interface Batch {
  readonly fromSeq: number
  readonly toSeq: number
  readonly messages: readonly LogMessage[]
}

/** One line of a batch, and where it stands. */
export interface Line {
  readonly seq: number
  readonly index: number
  readonly bytes: Uint8Array
}

const LINE_FEED = 10

/** Rows that the messages of a batch hold together. */
export function rowsOf(batch: Batch): number {
  return batch.messages.reduce((sum, { kind, count }) => sum + (kind === 'rows' ? count : 0), 0)
}

/** Control entries of a batch. */
export function controlsOf(batch: Batch): LogMessage[] {
  return batch.messages.filter(({ kind }) => kind === 'control')
}

/** The bytes of all row messages, each ended by a line feed. */
export function* payloadsOf(batch: Batch): Generator<Uint8Array> {
  for (const { kind, payload } of batch.messages) {
    if (kind !== 'rows') continue
    yield payload
    if (payload.at(-1) !== LINE_FEED) yield Uint8Array.of(LINE_FEED)
  }
}

/** The single lines of all row messages; only for a batch that was refused. */
export function linesOf(batch: Batch): Line[] {
  const lines: Line[] = []
  for (const { kind, seq, payload } of batch.messages) {
    if (kind !== 'rows') continue
    let index = 0
    for (let start = 0; start < payload.length; ) {
      const feed = payload.indexOf(LINE_FEED, start)
      const end = feed < 0 ? payload.length : feed
      if (end > start) {
        lines.push({ seq, index, bytes: payload.subarray(start, end) })
        index += 1
      }
      start = end + 1
    }
  }
  return lines
}

/**
 * Throws when a row message says another place than the log gave it: only one writer appends and it counts for itself,
 * so the two differ only when something is badly wrong. Looks at the first row and does not decode.
 */
export function assertPlace({ kind, seq, payload }: LogMessage, epoch: string): void {
  if (kind !== 'rows') return
  const head = new TextDecoder().decode(payload.subarray(0, 64))
  const said = /^\["([0-9a-f]{16})",(\d+),/.exec(head)
  if (said === null) return // not a row: ClickHouse will refuse it, and it goes to quarantine
  if (said[1] !== epoch || Number(said[2]) !== seq)
    throw new Error(`message ${seq} of log ${epoch} holds rows of ${said[2]} of log ${said[1]}`)
}
