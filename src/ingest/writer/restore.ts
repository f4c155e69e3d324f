import type { Logger } from '../../telemetry/logger.ts'
import type { AppendLog, EventIdHistory, SnapshotStore } from './ports.ts'
import { decodeSnapshot } from './snapshot.ts'
import { emptyState, remember, type WriterState } from './writer-state.ts'

/** Name of the writer's snapshots. */
export const SNAPSHOT_NAME = 'writer'

export interface RestorePorts {
  readonly log: AppendLog
  readonly snapshots: SnapshotStore
  readonly history: EventIdHistory
  readonly logger: Logger
}

/**
 * The state from which the log is to be replayed: the newest valid snapshot; without one, and when the log no longer
 * reaches back to its beginning, what history holds of everything before it.
 *
 * @throws YujingError `store.unavailable` when history is needed and away
 */
export async function restore({ log, snapshots, history, logger }: RestorePorts): Promise<WriterState> {
  const first = Math.max(1, await log.first())
  const last = await log.last()
  for (const candidate of await snapshots.candidates(SNAPSHOT_NAME)) {
    const state = await readCandidate(candidate, log.epoch)
    // One that is ahead of the log belongs to a log that was longer; one behind its start leaves a gap.
    if (state !== null && state.seq <= last && state.seq + 1 >= first) return state
    logger.warn({ seq: candidate.seq }, 'snapshot of the writer is torn or foreign, trying the one before')
  }
  const state = emptyState()
  if (first === 1) return state
  logger.warn({ first }, 'no valid snapshot of the writer, rebuilding it from the store')
  for await (const page of history.rebuild(first)) {
    for (const event of page) remember(state, event)
    state.ids.expireSome(state.logTime)
  }
  state.ids.expireAll(state.logTime)
  state.seq = first - 1
  return state
}

async function readCandidate(
  candidate: { readonly seq: number; read(): Promise<Uint8Array> },
  epoch: string,
): Promise<WriterState | null> {
  try {
    const state = decodeSnapshot(await candidate.read(), epoch)
    return state?.seq === candidate.seq ? state : null
  } catch {
    return null
  }
}
