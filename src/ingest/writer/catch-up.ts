import type { ControlEntry } from '../../model/control.ts'
import type { AppendLog } from './ports.ts'
import { follow, LogDiffers, type WriterState } from './writer-state.ts'

/** The entry that begins a writer's term. */
export type WriterEntry = Extract<ControlEntry, { type: 'yujing.writer' }>

/**
 * Reads the log from the state's position to its present end.
 *
 * @returns the entries with which writers began their terms, in log order
 * @throws LogDiffers when the log is shorter than the state or contradicts it
 */
export async function catchUp(state: WriterState, log: AppendLog): Promise<WriterEntry[]> {
  const last = await log.last()
  if (last < state.seq) throw new LogDiffers(`the log ends at ${last}, before the state of the writer at ${state.seq}`)
  if (last === state.seq) return []
  const terms: WriterEntry[] = []
  const reading = new AbortController()
  try {
    for await (const message of log.read(state.seq + 1, reading.signal)) {
      const entry = follow(state, log.epoch, message)
      if (entry?.type === 'yujing.writer') terms.push(entry)
      if (message.seq >= last) break
    }
  } finally {
    reading.abort()
  }
  return terms
}
