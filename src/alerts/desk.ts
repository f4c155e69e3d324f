import { setMaxListeners } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { Alert } from '../model/alert.ts'
import type { Finding } from '../model/finding.ts'
import { DAY_MS, formatTime, HOUR_MS } from '../model/time.ts'
import type { Clock } from '../telemetry/clock.ts'
import type { Logger } from '../telemetry/logger.ts'
import { countDrop, type Metrics } from '../telemetry/metrics.ts'
import { type Actor, createAct } from './act.ts'
import { createArchiver } from './archive/archiver.ts'
import { createFind, createGlance, HOWEVER_OLD } from './archive/at-hand.ts'
import { createListing, type FullListRequest, type ListPage } from './archive/listing.ts'
import { createReach } from './archive/reach.ts'
import { type AlertBook, asSeen, createBook } from './book/book.ts'
import { createDocket } from './docket.ts'
import { MEMORY_DAYS } from './earlier-alerts.ts'
import { createLateName } from './late-name.ts'
import { createPendingEvidence } from './pending-evidence.ts'
import { createPipeline } from './pipeline.ts'
import type { AlertArchive } from './ports/alert-archive.ts'
import type { AlertBucket } from './ports/alert-bucket.ts'
import type { Directory } from './ports/directory.ts'
import type { EventResolver } from './ports/event-resolver.ts'
import type { FindingSource } from './ports/finding-source.ts'
import { createEnrich } from './stages/enrich.ts'
import { createSave } from './stages/save.ts'

/** Name under which the desk reads findings: the source remembers by it what was acknowledged. */
const CONSUMER = 'desk'
/** An alert is saved at most once in this time, save for what is urgent. */
const REST_MS = 1_000
/** How often evidence with events still to be found is looked up again. */
const LOOK_AGAIN_MS = 2_000
const AGAIN_MS = 500
/** How often finished alerts are looked through for what may go into the archive. */
const ARCHIVE_EVERY_MS = HOUR_MS
/** How far back archived alerts of a subject are remembered: a year of event time, and years in which they closed. */
const REMEMBERED_MS = 3 * MEMORY_DAYS * DAY_MS
/** How long an officer's answer waits for the book: what is saved is saved, the list may follow. */
const SHOWN_WITHIN_MS = 1_000

export interface DeskParts {
  readonly findings: FindingSource
  readonly alerts: AlertBucket
  readonly archive: AlertArchive
  /** Finished alerts stay this long in the bucket after their last change, milliseconds; then they are archived. */
  readonly keptMs: number
  readonly events: EventResolver
  readonly directory: Directory
  readonly clock: Clock
  readonly logger: Logger
  readonly metrics: Metrics
  /** Other times than the service's own, for tests: milliseconds. */
  readonly times?: { readonly restMs?: number; readonly lookAgainMs?: number; readonly archiveEveryMs?: number }
}

export interface Desk {
  readonly book: AlertBook
  /** An alert, archived or not; null when there is none. See `createFind` for when this rejects. */
  find(id: string): Promise<Alert | null>
  /** See `createListing`. */
  list(request: FullListRequest): Promise<ListPage>
  /** Resolves when the book shows all that was saved; from then on it follows what any desk saves. */
  start(): Promise<void>
  /**
   * Takes findings and turns them into alerts until it is stopped; may be called again after that. Of all replicas one
   * desk works at a time; two for a moment do no harm, but one that `may` no longer saves nothing.
   */
  work(may?: () => boolean): DeskWork
  /** Ends the work too, when it was not. */
  stop(): Promise<void>
  /** See `createAct`; resolves with the alert, as a rule when the book shows it too. `revision` null: none was given. */
  act(id: string, request: unknown, revision: number | null, actor: Actor): Promise<Alert>
}

export interface DeskWork {
  /** Takes no more findings and resolves when what is being saved is saved; the rest comes again at the next start. */
  stop(): Promise<void>
}

/**
 * The desk: turns findings into alerts that officers can work on. See `createPipeline` for what happens to a finding,
 * `createDocket` for when, `createAct` for what officers do. Its book follows on every replica; it works on the lead.
 */
export function createDesk(parts: DeskParts): Desk {
  const { findings, alerts, archive, keptMs, events, directory, clock, logger, metrics, times = {} } = parts
  const { restMs = REST_MS, lookAgainMs = LOOK_AGAIN_MS, archiveEveryMs = ARCHIVE_EVERY_MS } = times
  const stopping = new AbortController()
  const { signal } = stopping
  setMaxListeners(0, signal)
  const time = () => formatTime(clock.now())
  const book = createBook()
  const reach = createReach({ archive, clock, keptMs, anyLeft: () => book.floor() > 0 })
  const find = createFind(alerts, archive, reach)
  const glance = createGlance(book, reach)
  const act = createAct({ bucket: alerts, find, time })
  const list = createListing({ book, archive, reach })
  const archiver = createArchiver({ bucket: alerts, archive, book, clock, keptMs, logger })
  const works = new Set<DeskWork>()
  let following = Promise.resolve()
  let recalling = Promise.resolve()

  /** Keeps the book up with the bucket; from a watch that begins again it takes only what it has not seen. */
  async function follow(last: number, loaded: () => void): Promise<void> {
    if (last === 0) loaded()
    await again('watch', signal, async () => {
      for await (const entry of alerts.watch(signal)) {
        book.apply(entry)
        if (entry.revision >= last) loaded()
      }
    })
    loaded()
  }

  /** Brings back what the archive tells of earlier alerts, as soon as it can be asked: new alerts do not wait for it. */
  async function recall(): Promise<void> {
    let recalled = false
    while (!recalled && !signal.aborted) {
      try {
        for (const past of await archive.past(clock.now() - REMEMBERED_MS)) book.remember(past)
        await reach.learn()
        recalled = true
      } catch (error) {
        logger.warn({ err: error }, 'the archive of alerts cannot be asked; it is tried again')
        await pause(AGAIN_MS, signal)
      }
    }
  }

  /** Does something that lasts until the desk stops; begins again should it break. */
  async function again(what: string, until: AbortSignal, doing: () => Promise<void>): Promise<void> {
    while (!until.aborted) {
      await doing().catch((error) => logger.error({ err: error, what }, 'the desk lost a connection; it tries again'))
      await pause(AGAIN_MS, until)
    }
  }

  function work(may = () => true): DeskWork {
    const ending = new AbortController()
    const until = ending.signal
    setMaxListeners(0, until)
    const save = createSave(alerts, find, glance, may)
    const lateName = createLateName({ directory, save, time, logger, signal: until })
    const pipeline = createPipeline({
      enrich: createEnrich({ events, directory, logger }),
      save,
      known: book.stored,
      alertsOfSubject: book.ofSubject,
      time,
      dropped: (reason) => countDrop(metrics, 'alerts', reason),
    })

    async function saveBatch(batch: readonly Finding[]): Promise<boolean> {
      const saved = await pipeline(batch)
      if (saved === null) return false
      const { before, alert, revision } = saved
      if (before === null) {
        metrics.alertsTotal.inc({ detector: alert.detector, level: alert.level })
        void lateName(alert)
      }
      // What the desk knows it reads from the book: it goes on when the book has caught up with what was written.
      await book.reached(revision)
      return true
    }

    const docket = createDocket({ save: saveBatch, known: book.stored, restMs, signal: until, logger })
    const lookAgain = createPendingEvidence({ events, pending: book.pending, save, time, logger, signal: until })
    const lookAgainForEver = async () => {
      for (;;) {
        await pause(lookAgainMs, until)
        if (until.aborted) return
        await lookAgain()
      }
    }
    const archiveForEver = async () => {
      while (!until.aborted) {
        await archiver(until).catch((error) => logger.warn({ err: error }, 'finished alerts are archived later'))
        await pause(archiveEveryMs, until)
      }
    }
    const running = [
      archiveForEver(),
      again('findings', until, () => findings.consume(CONSUMER, docket.add, until)),
      lookAgainForEver(),
    ]
    logger.info({ offset: book.head() }, 'the desk takes findings')
    const own: DeskWork = {
      async stop() {
        ending.abort()
        await Promise.all([...running, docket.settled()])
        works.delete(own)
      },
    }
    works.add(own)
    return own
  }

  /** Ends early, and quietly, when the signal is aborted. */
  async function pause(ms: number, until: AbortSignal): Promise<void> {
    await delay(ms, undefined, { signal: until }).catch(() => {})
  }

  return {
    book,
    async start() {
      const last = await alerts.lastRevision()
      await new Promise<void>((loaded) => {
        following = follow(last, loaded)
      })
      book.begin()
      recalling = recall()
      logger.info({ offset: book.head() }, 'the book is open')
    },
    work,
    list,
    async find(id) {
      const here = book.get(id)
      if (here !== null) return here
      const found = await find(id, HOWEVER_OLD)
      return found === null ? null : asSeen(found.value, found.revision)
    },
    async stop() {
      stopping.abort()
      book.release()
      await Promise.all([following, recalling, ...[...works].map((one) => one.stop())])
    },
    async act(id, request, revision, actor) {
      const alert = await act(id, request, revision, actor)
      await Promise.race([book.reached(alert.revision), pause(SHOWN_WITHIN_MS, signal)])
      return alert
    },
  }
}
