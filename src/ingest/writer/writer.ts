import { randomBytes } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { inArea } from '../../model/area.ts'
import type { Control } from '../../model/control.ts'
import { type ErrorCode, YujingError } from '../../model/errors.ts'
import type { CanonicalEvent, LoggedEvent } from '../../model/event.ts'
import type { Lane } from '../../model/lane.ts'
import type { Position } from '../../model/position.ts'
import type { GuardedClock } from '../../telemetry/guarded-clock.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { Metrics } from '../../telemetry/metrics.ts'
import type { PreparedEvents } from '../prepared-events.ts'
import type { AppendOutcome, WriterPort } from '../writer-port.ts'
import { AppendQueue } from './append-queue.ts'
import { BATCH_LIMITS, type BatchLimits, createBatchGate } from './batch-gate.ts'
import { type Correcting, createCorrecting } from './correcting.ts'
import { identityOfId, idHashOf } from './identity.ts'
import { InHand, keepingInHand } from './in-hand.ts'
import type { AppendLog, SnapshotStore, WriterHistory } from './ports.ts'
import { restore, SNAPSHOT_NAME } from './restore.ts'
import { takeSnapshot } from './snapshot.ts'
import { type ControlsInForce, emptyState, type WriterState } from './writer-state.ts'

export interface WriterOptions {
  readonly log: AppendLog
  readonly snapshots: SnapshotStore
  readonly history: WriterHistory
  /**
   * Puts aside a correction that was accepted and whose original never came. Resolves once it is durable. Without: it is
   * forgotten.
   */
  readonly quarantine?: (event: CanonicalEvent, code: ErrorCode) => Promise<void>
  /** Stamps `receivedAt` and ticks; while it is in doubt only control entries are appended. */
  readonly clock: GuardedClock
  readonly logger: Logger
  readonly metrics: Metrics
  /** Name of this replica, for people who read the log. */
  readonly instance: string
  /** Home of this process, by which confirmations of its clock name it. */
  readonly home?: string
  /** Calls back after every reconnect to the log's server, which may have been restarted; answers with what ends that. */
  readonly onReconnect?: (listener: () => void) => () => void
  /** Called once when another writer has taken over, or the log contradicts what this one knows. */
  readonly onSuperseded?: (error: Error) => void
  /** Messages that detection is behind a log that ends at `seq`: the batch lane waits for it. Without: for nobody. */
  readonly behind?: (seq: number) => number
  readonly batchLimits?: BatchLimits
  /** Longest wait for further events of the same message, milliseconds. */
  readonly gatherMs?: number
  readonly tickMs?: number
  readonly snapshotMs?: number
  /** Most corrections that wait for their originals; one more is refused. Without: no bound. */
  readonly parkedMost?: number
  /** How often it is looked whether the originals of parked corrections have come. */
  readonly parkedMs?: number
  /** Longest wait for the log before callers get 503, milliseconds. */
  readonly patienceMs?: number
}

/** The one that appends to the log: it alone gives positions, and holds what makes an id unique and an enterprise known. */
export interface Writer extends WriterPort {
  /** Restores the state, replays the log and begins a term. */
  start(): Promise<void>
  append(events: PreparedEvents, lane?: Lane): Promise<AppendOutcome[]>
  /**
   * Says of which enterprise an event without a subject speaks, for ever: the same again changes nothing.
   *
   * @throws YujingError `not-found`, `attribution.not-allowed`, or as `append` does
   */
  attribute(request: AttributionRequest): Promise<{ readonly repeated: boolean }>
  /** @throws YujingError as `append` does */
  control(control: Control): Promise<Position>
  /** Running maximum of receivedAt and control times, epoch milliseconds; 0 for an empty log. */
  logTime(): number
  /** Control entries that stay in force, as last seen in the log. */
  inForce(): Readonly<ControlsInForce>
  /** Sequence up to which the newest snapshot saved in this life holds, 0 for none: what is below may be purged. */
  snapshotSeq(): number
  /** Finishes what was taken, saves a snapshot, takes nothing more. */
  stop(): Promise<void>
}

/** Which event speaks of which enterprise, and who says so. */
export interface AttributionRequest {
  readonly source: string
  readonly id: string
  readonly subject: string
  /** An identity's id. */
  readonly by: string
  /** Areas of which the event's county must lie in one. */
  readonly areas: readonly string[] | 'all'
}

const DROPPED_AS = { stored: null, duplicate: 'duplicate', reused: 'id-reused', parked: null, refused: null } as const

/**
 * `receivedAt` is the clock's time or log time, whichever is later: a clock that is set back a little, or confirmed to lie
 * behind, must not make log order and log time disagree. While the clock is in doubt log time stands.
 */
export function createWriter(options: WriterOptions): Writer {
  const { snapshots, clock, metrics } = options
  const inHand = new InHand()
  const log = keepingInHand(options.log, inHand)
  const logger = options.logger.child({ step: 'ingest', part: 'writer' })
  const instance = `${options.instance}-${randomBytes(4).toString('hex')}`
  const timers: NodeJS.Timeout[] = []
  let state: WriterState = emptyState()
  let queue: AppendQueue | null = null
  let correcting: Correcting | null = null
  let savedSeq = 0
  let saving = Promise.resolve()
  let forget: (() => void) | undefined

  function taking(): AppendQueue {
    if (queue === null)
      throw new YujingError('log.unavailable', 'The writer is not running; send the request again later.')
    return queue
  }

  function stamp(): number {
    return clock.doubt() === null ? Math.max(clock.now(), state.logTime) : state.logTime
  }

  /** What history knows of the ids that may be old; one query for the whole call. */
  async function askHistory(idHashes: readonly string[]): Promise<ReadonlyMap<string, string | null>> {
    if (idHashes.length === 0) return new Map()
    const found = await options.history.lookup(idHashes)
    return new Map(idHashes.map((idHash) => [idHash, found.get(idHash) ?? null]))
  }

  /** The ids of events that may be old. */
  function doubtful(events: PreparedEvents): string[] {
    const found: string[] = []
    for (let index = 0; index < events.length; index += 1) {
      const words = events.identity(index)
      if (state.ids.familiarity({ words }) === 'perhaps') found.push(idHashOf(words))
    }
    return found
  }

  /** Summed up before it is counted: a counter's labels cost more than an event's checks. */
  function count(types: readonly string[], outcomes: readonly AppendOutcome[]): void {
    const sums = new Map<string, Map<AppendOutcome['kind'], number>>()
    for (const [index, { kind }] of outcomes.entries()) {
      const type = types[index] ?? ''
      const ofType = sums.get(type) ?? new Map<AppendOutcome['kind'], number>()
      sums.set(type, ofType.set(kind, (ofType.get(kind) ?? 0) + 1))
    }
    for (const [type, ofType] of sums) {
      for (const [kind, sum] of ofType) {
        metrics.eventsTotal.inc({ type, outcome: kind }, sum)
        const reason = DROPPED_AS[kind]
        if (reason !== null) metrics.dropsTotal.inc({ step: 'ingest', reason }, sum)
      }
    }
  }

  function stopLoudly(error: Error): void {
    queue = null
    for (const timer of timers) clearInterval(timer)
    logger.fatal({ err: error }, 'the writer stops: it no longer is the one that appends')
    options.onSuperseded?.(error)
  }

  /** One at a time: of two that are taken at once only the second would be whole. */
  function saveSnapshot(through: AppendQueue): Promise<void> {
    saving = saving.then(
      () => takeAndSave(through),
      () => takeAndSave(through),
    )
    return saving
  }

  async function takeAndSave(through: AppendQueue): Promise<void> {
    const { seq, taking } = await through.betweenMessages(() => ({
      seq: state.seq,
      taking: state.seq > savedSeq ? takeSnapshot(state, log.epoch) : null,
    }))
    if (taking === null) return
    let step = taking.next()
    for (; !step.done; step = taking.next()) await setImmediate()
    await snapshots.save(SNAPSHOT_NAME, seq, step.value)
    savedSeq = seq
  }

  function missSnapshot(error: unknown): void {
    logger.warn({ err: error }, 'no snapshot of the writer, the next start replays more')
  }

  async function tick(): Promise<void> {
    if (queue === null || clock.doubt() !== null || clock.now() <= state.logTime) return
    await queue.control({ type: 'yujing.tick', data: {} })
  }

  async function lookAtParked(): Promise<void> {
    const { parked } = state.corrections
    if (queue !== null && correcting !== null && parked.size > 0 && clock.doubt() === null)
      await correcting.lookAtParked()
    metrics.parkedCorrections.set(parked.size)
  }

  function every(milliseconds: number, what: string, run: () => Promise<void>): void {
    const guarded = (): void => {
      run().catch((error: unknown) => logger.warn({ err: error }, `${what} failed, trying again later`))
    }
    timers.push(setInterval(guarded, milliseconds).unref())
  }

  return {
    async start() {
      const restored = await restore({ ...options, log, logger })
      state = restored.state
      const from = state.seq
      clock.follow(() => {
        const confirmed = state.controls.clockConfirmed
        const isOurs = confirmed?.of.includes(options.home ?? '') ?? false
        return { logTime: state.logTime, confirmedAt: confirmed && isOurs ? confirmed.at : null }
      })
      const gate = createBatchGate({
        limits: options.batchLimits ?? BATCH_LIMITS,
        behind: () => options.behind?.(state.seq) ?? 0,
        monotonic: () => performance.now(),
      })
      const starting = new AppendQueue({
        log,
        state,
        instance,
        logger,
        stamp,
        gate,
        gatherMs: options.gatherMs ?? 2,
        patienceMs: options.patienceMs ?? 5_000,
        onFatal: stopLoudly,
      })
      await starting.begin()
      for (const control of restored.inherited()) await starting.control(control)
      if (restored.isRebuilt) await saveSnapshot(starting).catch(missSnapshot)
      queue = starting
      correcting = createCorrecting({
        state,
        queue: starting,
        gate,
        inHand,
        history: options.history,
        parkedMost: options.parkedMost ?? Number.POSITIVE_INFINITY,
        quarantine: options.quarantine ?? (async () => {}),
        onOutcomes: (events, outcomes) =>
          count(
            events.map(({ type }) => type),
            outcomes,
          ),
      })
      forget = options.onReconnect?.(() => queue?.loseTerm())
      every(options.tickMs ?? 60_000, 'tick', tick)
      every(options.snapshotMs ?? 300_000, 'snapshot of the writer', async () => {
        if (queue !== null) await saveSnapshot(queue)
      })
      every(options.parkedMs ?? 1_000, 'a look at parked corrections', lookAtParked)
      logger.info(
        { from, seq: state.seq, ids: state.ids.recent, enterprises: state.register.table.size },
        'writer runs',
      )
    },

    async append(events, lane = 'live') {
      if (events.length === 0) return []
      taking()
      clock.assertBelieved()
      if (correcting !== null && events.hasRetraction()) {
        const outcomes = await correcting.append(events, lane)
        count(typesOf(events), outcomes)
        return outcomes
      }
      const history = await askHistory(doubtful(events))
      const through = taking()
      const appended = through.rows(events, history, lane)
      metrics.laneWaiting.set({ lane }, through.waiting()[lane])
      const outcomes = await appended.finally(() => metrics.laneWaiting.set({ lane }, through.waiting()[lane]))
      count(typesOf(events), outcomes)
      return outcomes
    },

    async attribute({ source, id, subject, by, areas }) {
      clock.assertBelieved()
      taking()
      if (correcting === null) throw new YujingError('log.unavailable')
      const { idHash } = identityOfId(source, id)
      const original = inHand.find(idHash) ?? (await options.history.originals([idHash])).get(idHash)
      const isVisible = (region: string) => areas === 'all' || areas.some((area) => inArea(region, area))
      if (original === undefined || !isVisible(original.region)) throw new YujingError('not-found')
      const outcome = await correcting.attribute(canonicalOf(original), subject, by)
      count([original.type], [outcome])
      if (outcome.kind === 'refused') throw new YujingError(outcome.code)
      if (outcome.kind === 'reused') throw new YujingError('attribution.not-allowed')
      return { repeated: outcome.kind === 'duplicate' }
    },

    async control(control) {
      const seq = await taking().control(control)
      return { epoch: log.epoch, seq, index: 0 }
    },

    logTime: () => state.logTime,
    inForce: () => state.controls,
    snapshotSeq: () => savedSeq,

    async stop() {
      const stopping = queue
      queue = null
      forget?.()
      clock.follow(null)
      for (const timer of timers) clearInterval(timer)
      if (stopping === null) return
      stopping.close()
      // What was taken of the live lane stands before the snapshot in the queue, and is answered first.
      await saveSnapshot(stopping).catch(missSnapshot)
    },
  }
}

function typesOf(events: PreparedEvents): string[] {
  return Array.from({ length: events.length }, (_, index) => events.type(index))
}

/** An event of the log as its source said it. */
function canonicalOf(event: LoggedEvent): CanonicalEvent {
  const { source, id, type, subject, time, region, regionOriginal, industry, backfill, test, retracts, data } = event
  return { source, id, type, subject, time, region, regionOriginal, industry, backfill, test, retracts, data }
}
