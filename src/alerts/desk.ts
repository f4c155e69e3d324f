import { setMaxListeners } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { Alert } from '../model/alert.ts'
import type { Finding } from '../model/finding.ts'
import { formatTime } from '../model/time.ts'
import type { Clock } from '../telemetry/clock.ts'
import type { Logger } from '../telemetry/logger.ts'
import { countDrop, type Metrics } from '../telemetry/metrics.ts'
import { type Actor, createAct } from './act.ts'
import { type AlertBook, createBook } from './book/book.ts'
import { createDocket } from './docket.ts'
import { createPendingEvidence } from './pending-evidence.ts'
import { createPipeline } from './pipeline.ts'
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
/** How long an officer's answer waits for the book: what is saved is saved, the list may follow. */
const SHOWN_WITHIN_MS = 1_000

export interface DeskParts {
  readonly findings: FindingSource
  readonly alerts: AlertBucket
  readonly events: EventResolver
  readonly directory: Directory
  readonly clock: Clock
  readonly logger: Logger
  readonly metrics: Metrics
  /** Other times than the service's own, for tests: milliseconds. */
  readonly times?: { readonly restMs?: number; readonly lookAgainMs?: number }
}

export interface Desk {
  readonly book: AlertBook
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
  const { findings, alerts, events, directory, clock, logger, metrics, times = {} } = parts
  const { restMs = REST_MS, lookAgainMs = LOOK_AGAIN_MS } = times
  const stopping = new AbortController()
  const { signal } = stopping
  setMaxListeners(0, signal)
  const time = () => formatTime(clock.now())
  const book = createBook()
  const act = createAct({ bucket: alerts, time })
  const works = new Set<DeskWork>()
  let following = Promise.resolve()

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
    const save = createSave(alerts, may)
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
      if (before === null) metrics.alertsTotal.inc({ detector: alert.detector, level: alert.level })
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
    const running = [again('findings', until, () => findings.consume(CONSUMER, docket.add, until)), lookAgainForEver()]
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
      logger.info({ offset: book.head() }, 'the book is open')
    },
    work,
    async stop() {
      stopping.abort()
      book.release()
      await Promise.all([following, ...[...works].map((one) => one.stop())])
    },
    async act(id, request, revision, actor) {
      const alert = await act(id, request, revision, actor)
      await Promise.race([book.reached(alert.revision), pause(SHOWN_WITHIN_MS, signal)])
      return alert
    },
  }
}
