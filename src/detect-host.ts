import { detectorOf, detectors } from '../detectors/index.ts'
import { ALL_PARTITIONS, partitionOf } from './detect/statistics/hash.ts'
import type { DetectFigures } from './detect-messages.ts'
import { startDetectThread } from './detect-thread.ts'
import { type FoundInventory, type InventoryQuestion, joinInventories } from './model/inventory.ts'
import type { StoreAccess } from './store/store.ts'
import { LOG_LEVELS, type Logger } from './telemetry/logger.ts'
import { countDrop, type Metrics } from './telemetry/metrics.ts'

/** Detection at work on its threads. */
export interface Detect {
  /** Resolves when every partition has caught up with what the log held at the start; rejects when a thread fails. */
  readonly ready: Promise<void>
  isReady(): boolean
  /** Last sequence that all partitions have judged and whose findings are acknowledged. */
  position(): number
  /** What the state says of a key; null for an unknown detector. */
  explain(detector: string, key: string): Promise<object | null>
  /** The inventory of all partitions detected here. */
  inventory(question: InventoryQuestion): Promise<FoundInventory>
  /** Writes all snapshots and ends the threads. */
  stop(): Promise<void>
}

const SNAPSHOT_CYCLE_MS = 60_000

/** Starts `shards` threads (1 to 64, and no more than there are partitions) that share the partitions. */
export function startDetect(o: {
  readonly url: string
  readonly user?: string
  readonly password?: string
  /** As the log was created with: a connection keeps its stream at this limit. */
  readonly logMaxBytes: number
  /** History, for state that is older than the log. */
  readonly store: StoreAccess
  readonly shards: number
  /** Those that are detected here, each from 0 to 63; all of them when absent. */
  readonly partitions?: readonly number[]
  readonly logger: Logger
  readonly metrics: Metrics
  /** A thread has failed: the log contradicts the state, or a bug. */
  readonly onFatal: (error: Error) => void
  /** Once round all partitions; a minute. */
  readonly snapshotCycleMs?: number
}): Detect {
  const { url, user, password, logMaxBytes: maxBytes, shards, logger, metrics } = o
  const logLevel = LOG_LEVELS.find((level) => level === logger.level) ?? 'info'
  const snapshotCycleMs = o.snapshotCycleMs ?? SNAPSHOT_CYCLE_MS
  const newest = new Map<number, DetectFigures>()
  const hands = dealt(o.partitions ?? ALL_PARTITIONS, shards)
  const threads = hands.map((partitions, shard) => {
    const log = { url, ...(user !== undefined && { user }), ...(password !== undefined && { password }), maxBytes }
    return startDetectThread({
      data: { shard, partitions, log, store: o.store, logLevel, snapshotCycleMs },
      logger,
      onFigures: (figures) => {
        newest.set(shard, figures)
        count(metrics, figures)
        gauge(metrics, [...newest.values()])
      },
      onFatal: o.onFatal,
    })
  })
  let isReady = false
  const ready = Promise.all(threads.map(({ ready }) => ready)).then(() => {
    isReady = true
  })
  ready.catch(() => {})

  return {
    ready,
    isReady: () => isReady,
    position: () => Math.min(...threads.map(({ position }) => position())),
    async explain(id, key) {
      const detector = detectorOf(id)
      if (!detector) return null
      const partition = partitionOf(detector.keyKind, key)
      const thread = threads[hands.findIndex((hand) => hand.includes(partition))]
      return thread ? thread.explain(id, key) : null
    },
    async inventory(question) {
      return joinInventories(await Promise.all(threads.map((thread) => thread.inventory(question))), question.most)
    },
    async stop() {
      await Promise.all(threads.map((one) => one.stop()))
    },
  }
}

/** Partitions are dealt like cards; nobody gets an empty hand. */
function dealt(partitions: readonly number[], shards: number): number[][] {
  const hands = Array.from({ length: Math.min(shards, partitions.length) }, (): number[] => [])
  for (const [at, partition] of partitions.entries()) hands[at % hands.length]?.push(partition)
  return hands
}

function count(metrics: Metrics, { findings, latencies, storedOnly, letGo }: DetectFigures): void {
  for (const [detector, found] of Object.entries(findings)) metrics.findingsTotal.inc({ detector }, found)
  for (const seconds of latencies) metrics.ingestToFindingSeconds.observe(seconds)
  for (const [detector, { released, dropped }] of Object.entries(letGo)) {
    metrics.heldFindingsTotal.inc({ detector, outcome: 'released' }, released)
    metrics.heldFindingsTotal.inc({ detector, outcome: 'dropped' }, dropped)
  }
  if (storedOnly > 0) countDrop(metrics, 'detect', 'stored-only', storedOnly)
}

function gauge(metrics: Metrics, figures: readonly DetectFigures[]): void {
  const states = figures.flatMap((one) => one.states)
  for (const { id } of detectors) {
    const own = states.filter(({ detector }) => detector === id)
    metrics.stateKeys.set(
      { detector: id },
      own.reduce((sum, { keys }) => sum + keys, 0),
    )
    metrics.findingsHeld.set(
      { detector: id },
      own.reduce((sum, { held }) => sum + held, 0),
    )
  }
  metrics.stateBytes.set(states.reduce((sum, { bytes }) => sum + bytes, 0))
  metrics.snapshotAgeSeconds.set(Math.max(...figures.map(({ snapshotAgeSeconds }) => snapshotAgeSeconds)))
}
