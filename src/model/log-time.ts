import type { ControlEntry } from './control.ts'
import type { LogMessage } from './log-message.ts'

/** Bytes of a row in which epoch, sequence, index and arrival certainly stand. */
const HEAD_BYTES = 96

/**
 * Log time that a message brings, epoch milliseconds: the arrival of its rows (all of a batch have one stamp), the time
 * of a control entry. Null when the payload is neither. Does not decode a batch.
 */
export function logTimeOf({ kind, payload }: LogMessage): number | null {
  if (kind === 'control') return (JSON.parse(new TextDecoder().decode(payload)) as ControlEntry).at
  const head = new TextDecoder().decode(payload.subarray(0, HEAD_BYTES))
  const arrival = /^\["[0-9a-f]{16}",\d+,\d+,(\d+),/.exec(head)?.[1]
  return arrival === undefined ? null : Number(arrival)
}
