import type { Control } from '../../model/control.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { AppendLog, SnapshotStore, WriterHistory } from './ports.ts'
import { decodeSnapshot, type SnapshotRead } from './snapshot.ts'
import { type ControlsInForce, emptyState, followStored, type WriterState } from './writer-state.ts'

/** Name of the writer's snapshots. */
export const SNAPSHOT_NAME = 'writer'

export interface RestorePorts {
  readonly log: AppendLog
  readonly snapshots: SnapshotStore
  readonly history: WriterHistory
  readonly logger: Logger
}

/** The state from which the log is to be replayed, and where it comes from. */
export interface Restored {
  readonly state: WriterState
  /** It was rebuilt from history, which takes long: a snapshot is due. */
  readonly isRebuilt: boolean
  /**
   * Control entries of older logs that are still in force once this log has been followed: its readers know nothing of
   * them until they stand in it as well.
   */
  inherited(): Control[]
}

/**
 * Restores from the newest valid snapshot; without one from what history holds of this log below its beginning, and of
 * the logs that were there before it was created anew: source and id are unique over all of them.
 *
 * @throws YujingError `store.unavailable` when history is needed and away
 */
export async function restore(ports: RestorePorts): Promise<Restored> {
  const { log, snapshots, logger } = ports
  const first = Math.max(1, await log.first())
  const last = await log.last()
  for (const candidate of await snapshots.candidates(SNAPSHOT_NAME)) {
    const read = await readCandidate(candidate, log.epoch)
    // One that is ahead of the log belongs to a log that was longer; one behind its start leaves a gap.
    if (read !== null && read.through <= last && read.state.seq + 1 >= first)
      return { state: read.state, isRebuilt: false, inherited: () => [] }
    logger.warn({ seq: candidate.seq }, 'snapshot of the writer is torn or foreign, trying the one before')
  }
  return rebuild(ports, first)
}

async function rebuild({ log, history, logger }: RestorePorts, first: number): Promise<Restored> {
  const state = emptyState()
  const foreign = new WeakSet<object>()
  let messages = 0
  for await (const message of history.rebuild(first)) {
    if (messages === 0) logger.warn({ first }, 'no valid snapshot of the writer, rebuilding it from the store')
    messages += 1
    followStored(state, message)
    state.ids.expireSome(state.logTime)
    if (message.kind === 'control' && message.entry.epoch !== log.epoch) foreign.add(spoken(message.entry))
  }
  if (messages > 0) logger.info({ messages, enterprises: state.register.table.size }, 'the writer is rebuilt')
  state.ids.expireAll(state.logTime)
  state.seq = first - 1
  return {
    state,
    isRebuilt: messages > 0,
    inherited() {
      return inForce(state.controls).filter((control) => foreign.has(spoken(control)))
    },
  }
}

/** The entries that would say again what holds. */
function inForce({ versions, parameters, completeness, allowList, calendars }: ControlsInForce): Control[] {
  const entries: Control[] = []
  if (versions !== null) entries.push({ type: 'yujing.detectors', data: { versions } })
  for (const data of Object.values(parameters)) entries.push({ type: 'yujing.parameters', data })
  for (const data of Object.values(calendars)) entries.push({ type: 'yujing.calendar', data })
  for (const data of Object.values(completeness)) entries.push({ type: 'yujing.completeness', data })
  if (allowList !== null) entries.push({ type: 'yujing.allow-list', data: allowList })
  return entries
}

/** The part of an entry that the state keeps as it is: by it we know whose word is in force. */
function spoken(entry: Control): object {
  return entry.type === 'yujing.detectors' ? entry.data.versions : entry.data
}

async function readCandidate(
  candidate: { readonly seq: number; read(): Promise<Uint8Array> },
  epoch: string,
): Promise<SnapshotRead | null> {
  try {
    const read = decodeSnapshot(await candidate.read(), epoch)
    return read?.state.seq === candidate.seq ? read : null
  } catch {
    return null
  }
}
