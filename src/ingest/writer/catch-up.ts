import type { AppendLog } from './ports.ts'
import { follow, LogDiffers, type WriterState } from './writer-state.ts'

/**
 * Reads the log from the state's position to its present end. When it fails half way the state stands where it got to,
 * and the next call goes on from there.
 *
 * @throws LogDiffers when the log is shorter than the state or contradicts it
 */
export async function catchUp(state: WriterState, log: AppendLog): Promise<void> {
  const last = await log.last()
  if (last < state.seq) throw new LogDiffers(`the log ends at ${last}, before the state of the writer at ${state.seq}`)
  if (last === state.seq) return
  const reading = new AbortController()
  try {
    for await (const message of log.read(state.seq + 1, reading.signal)) {
      follow(state, log.epoch, message)
      if (message.seq >= last) break
    }
  } finally {
    reading.abort()
  }
}
