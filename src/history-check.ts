import { setTimeout as delay } from 'node:timers/promises'
import { type Difference, type Standing, standingOf } from './desk-comparison.ts'
import type { Bucket } from './log/bucket.ts'
import type { LogConnection } from './log/connection.ts'
import type { StoredAlert } from './model/alert.ts'
import type { LogMessage, StoredMessage } from './model/log-message.ts'
import { type OfflinePass, passOffline } from './offline-pass.ts'
import type { Store } from './store/store.ts'
import type { StoreProgress } from './store/writer/ports.ts'
import { storedUpTo } from './store/writer/progress.ts'

/** Alerts of the archive asked for at once. */
const PAGE = 500
/** What differs is looked at again so often, so long apart: the desk may be about to save it. */
const LOOKS = 20
const LOOK_AGAIN_MS = 500

export interface HistoryCheckParts {
  readonly log: LogConnection
  readonly store: Store
  /** Aborted: the check rejects. */
  readonly signal: AbortSignal
  /** What is being done, and how far it is: 0 to 1. */
  readonly onProgress: (what: string, done: number) => void
}

/** What a fold over the whole history says, beside what the desk has. */
export interface HistoryCheck {
  readonly epoch: string
  /** Last message folded in. */
  readonly position: number
  /** Messages up to there of which neither store nor log has anything. */
  readonly lacking: number
  readonly detectors: readonly (OfflinePass['states'][number] & { readonly alerts: number })[]
  /** Alerts that were compared, the differing ones among them. */
  readonly compared: number
  /** Alerts that changed behind the position: not compared. */
  readonly later: number
  /** Alerts of a log before this one: not compared. */
  readonly ofOtherLogs: number
  /** Alerts of a version before the one that judges now, and of what does not judge the log: not compared. */
  readonly ofOtherVersions: number
  readonly differences: readonly Difference[]
}

/**
 * Folds the whole history of the log anew, apart from the running service, and compares what comes out with its alerts,
 * at hand and archived. Writes nothing. Rejects with `store.unavailable` while history cannot be read.
 */
export async function checkHistory(o: HistoryCheckParts): Promise<HistoryCheck> {
  const { log, store, signal, onProgress } = o
  const { epoch } = log
  const until = await log.events.last()
  const pass = await passOffline({ epoch, messages: historyOf(o, until) })
  onProgress('history', 1)

  const bucket = await log.bucket<StoredAlert>('yujing_alerts')
  const standings = new Map<string, Standing>()
  const look = (id: string, desk: StoredAlert | null) => standings.set(id, standingOf(id, desk, { epoch, pass }))
  // First those at hand: what is archived meanwhile is in the archive before it leaves.
  for (const { key, value } of await bucket.entries()) look(key, value)
  for await (const alert of archived(store, signal)) if (!standings.has(alert.id)) look(alert.id, alert)
  for (const id of pass.alerts.keys()) if (!standings.has(id)) look(id, null)
  for (let looks = 0; looks < LOOKS && differencesIn(standings).length > 0; looks++) {
    onProgress('alerts', looks / LOOKS)
    await delay(LOOK_AGAIN_MS, undefined, { signal })
    for (const { id } of differencesIn(standings)) look(id, await atHandOrArchived(id, bucket, store))
  }
  onProgress('alerts', 1)

  const counted = (wanted: Standing) => [...standings.values()].filter((standing) => standing === wanted).length
  const [later, ofOtherLogs, ofOtherVersions] = [counted('later'), counted('other-log'), counted('other-version')]
  const alertsOf = (detector: string) => [...pass.alerts.values()].filter((alert) => alert.detector === detector).length
  return {
    epoch,
    position: pass.position,
    lacking: until - pass.messages,
    detectors: pass.states.map((state) => ({ ...state, alerts: alertsOf(state.detector) })),
    compared: standings.size - later - ofOtherLogs - ofOtherVersions,
    later,
    ofOtherLogs,
    ofOtherVersions,
    differences: differencesIn(standings),
  }
}

/** Everything up to a message: from the store what it has, the end from the log. */
async function* historyOf(o: HistoryCheckParts, until: number): AsyncGenerator<LogMessage | StoredMessage> {
  const { log, store, signal, onProgress } = o
  const stored = await storedUpTo(await log.bucket<StoreProgress>('yujing_config'), log.epoch)
  const fromStore = Math.min(stored ?? 0, until)
  const tell = (seq: number) => {
    signal.throwIfAborted()
    onProgress('history', Math.min(0.99, seq / until))
  }
  for await (const message of store.messagesInLogOrder({ epoch: log.epoch, belowSeq: fromStore + 1 })) {
    tell(message.seq)
    yield message
  }
  if (fromStore === until) return
  const reading = new AbortController()
  for await (const message of log.events.read(fromStore + 1, AbortSignal.any([signal, reading.signal]))) {
    tell(message.seq)
    yield message
    if (message.seq === until) reading.abort()
  }
  signal.throwIfAborted()
}

function differencesIn(standings: ReadonlyMap<string, Standing>): Difference[] {
  return [...standings.values()].filter((standing) => typeof standing !== 'string')
}

/** An alert wherever it is; null when it is nowhere. */
export async function atHandOrArchived(
  id: string,
  bucket: Pick<Bucket<StoredAlert>, 'get'>,
  store: Pick<Store, 'alerts'>,
): Promise<StoredAlert | null> {
  return (await bucket.get(id))?.value ?? (await store.alerts.get(id))?.value ?? null
}

/** All archived alerts, the last changed first. */
async function* archived(store: Store, signal: AbortSignal): AsyncGenerator<StoredAlert> {
  for (let below: { updatedMs: number; id: string } | null = null; ; ) {
    const page = await store.alerts.list({ filter: {}, areas: 'all', below, most: PAGE })
    signal.throwIfAborted()
    for (const { value } of page) yield value
    const last = page.at(-1)?.value
    if (last === undefined || page.length < PAGE) return
    below = { updatedMs: Date.parse(last.updatedAt), id: last.id }
  }
}
