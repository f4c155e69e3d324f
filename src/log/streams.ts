import { randomBytes } from 'node:crypto'
import {
  DiscardPolicy,
  JetStreamApiError,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from '@nats-io/jetstream'
import { nanos } from '@nats-io/nats-core'
import { EXPORT_STREAM } from '../model/export-access.ts'
import { DAY_MS } from '../model/time.ts'

/** Names of CONTRACT 6. */
export const EVENTS = 'YUJING_EVENTS'
export const FINDINGS = 'YUJING_FINDINGS'
export const QUARANTINE = 'YUJING_QUARANTINE'
export const INBOX = 'YUJING_INBOX'
export const AUDIT = 'YUJING_AUDIT'
export const EXPORT = EXPORT_STREAM
export const BUCKETS = [
  'yujing_alerts',
  'yujing_config',
  'yujing_leases',
  'yujing_deliveries',
  'yujing_positions',
] as const
export type BucketName = (typeof BUCKETS)[number]
export const SNAPSHOTS = 'yujing_snapshots'

const MINUTE_MS = 60_000
const NAME_IN_USE = 10_058
const NOT_FOUND = 10_059

/** How long the quarantine knows an entry by its name. */
const QUARANTINE_NAMED_MS = 2 * MINUTE_MS

type Wanted = Pick<StreamConfig, 'name' | 'subjects'> & Partial<StreamConfig>

/**
 * The streams.
 *
 * Events: what is full refuses, it never forgets; the service itself purges what is stored and snapshotted. No message
 * is ever deleted alone, so sequences have no gaps. Findings: kept for a month so that any desk can catch up, and they
 * refuse as well. Quarantine: 30 days as promised; when refused events alone fill its share the oldest go.
 * Inbox: what sources have left and nobody has read, for a week.
 * Export: events for others, for a week; whoever stays away longer, or while more comes than its share, misses the oldest.
 * Audit: who looked at what and why; it refuses when it is full, and nothing of it is ever deleted.
 */
export function streamConfigurations(maxBytes: number): Wanted[] {
  const shared = { storage: StorageType.File, retention: RetentionPolicy.Limits, allow_direct: false }
  return [
    {
      ...shared,
      name: EVENTS,
      subjects: ['yujing.events.>'],
      discard: DiscardPolicy.New,
      max_bytes: maxBytes,
      duplicate_window: nanos(2 * MINUTE_MS),
      deny_delete: true,
      // Read as bytes; else the server wraps a MiB of rows into base64 in JSON, which costs the reader 10 ms.
      allow_direct: true,
    },
    {
      ...shared,
      name: FINDINGS,
      subjects: ['yujing.findings.>'],
      discard: DiscardPolicy.New,
      max_bytes: Math.ceil(maxBytes / 4),
      max_age: nanos(30 * DAY_MS),
      duplicate_window: nanos(10 * MINUTE_MS),
    },
    {
      ...shared,
      name: QUARANTINE,
      subjects: ['yujing.quarantine.>'],
      discard: DiscardPolicy.Old,
      max_bytes: Math.ceil(maxBytes / 4),
      max_age: nanos(30 * DAY_MS),
      duplicate_window: nanos(QUARANTINE_NAMED_MS),
    },
    {
      ...shared,
      name: INBOX,
      subjects: ['yujing.inbox.*.>'],
      // What was read is gone. A full inbox refuses, and its source learns so by the acknowledgement that does not come.
      retention: RetentionPolicy.Workqueue,
      discard: DiscardPolicy.New,
      max_bytes: Math.ceil(maxBytes / 4),
      max_age: nanos(7 * DAY_MS),
      duplicate_window: nanos(2 * MINUTE_MS),
    },
    {
      ...shared,
      name: EXPORT,
      subjects: ['yujing.export.>'],
      discard: DiscardPolicy.Old,
      max_bytes: Math.ceil(maxBytes / 4),
      max_age: nanos(7 * DAY_MS),
      duplicate_window: nanos(2 * MINUTE_MS),
    },
    {
      ...shared,
      name: AUDIT,
      subjects: ['yujing.audit.>'],
      discard: DiscardPolicy.New,
      max_bytes: Math.ceil(maxBytes / 16),
      deny_delete: true,
      deny_purge: true,
    },
  ]
}

/**
 * Creates what is missing and fits the byte limits of what is there; answers with the epoch of the log, which is minted
 * when its stream is created and stands in the stream's description.
 */
export async function ensureStreams(manager: JetStreamManager, maxBytes: number): Promise<string> {
  let epoch = ''
  for (const wanted of streamConfigurations(maxBytes)) {
    const fresh = wanted.name === EVENTS ? `epoch=${randomBytes(8).toString('hex')}` : undefined
    const { config } = await ensureStream(manager, { ...wanted, ...(fresh && { description: fresh }) })
    if (wanted.name !== EVENTS) continue
    epoch = /epoch=([0-9a-f]{16})/.exec(config.description ?? '')?.[1] ?? ''
    if (epoch === '')
      throw new Error(`stream ${EVENTS} was not made by Yujing: its description lacks the epoch; rename or remove it`)
  }
  return epoch
}

async function ensureStream(manager: JetStreamManager, wanted: Wanted) {
  try {
    const info = await manager.streams.info(wanted.name)
    const { max_bytes, allow_direct } = wanted
    if (info.config.max_bytes === max_bytes && info.config.allow_direct === allow_direct) return info
    return await manager.streams.update(wanted.name, { max_bytes, allow_direct })
  } catch (error) {
    if (!isApiError(error, NOT_FOUND)) throw error
  }
  try {
    return await manager.streams.add(wanted)
  } catch (error) {
    // Another process of the service has created it in this moment, with an epoch of its own.
    if (isApiError(error, NAME_IN_USE)) return await manager.streams.info(wanted.name)
    throw error
  }
}

function isApiError(error: unknown, code: number): boolean {
  return error instanceof JetStreamApiError && error.code === code
}
