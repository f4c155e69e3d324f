import { ExponentialBackoff, handleAll, retry } from 'cockatiel'
import type { StoredAlert } from '../model/alert.ts'
import type { Finding } from '../model/finding.ts'
import type { Logger } from '../telemetry/logger.ts'
import { isUrgent, nextBatch, type Waiting } from './intake.ts'
import { createTurns } from './turns.ts'

/** Findings in hand at most; then the source is held back. Bounds the desk's memory. */
const MOST_WAITING = 2_000

export interface Docket {
  /** Takes a finding in; resolves when there is room for the next. */
  add(finding: Finding, ack: () => void): Promise<void>
  /** Resolves when nothing is being saved any more; call it after the signal is aborted. */
  settled(): Promise<void>
}

/**
 * Holds the findings between the source and the pipeline: subject by subject, in order, an alert at most once in
 * `restMs` (but see `nextBatch`); subjects with something urgent come first (`createTurns`). A finding is acknowledged when what it says is saved. What cannot be saved is tried
 * again until it can: nothing is ever acknowledged after an error.
 */
export function createDocket(parts: {
  readonly save: (findings: readonly Finding[]) => Promise<boolean>
  readonly known: (alertId: string) => StoredAlert | null
  readonly restMs: number
  readonly signal: AbortSignal
  readonly logger: Logger
}): Docket {
  const { save, known, restMs, signal, logger } = parts
  const subjects = new Map<string, Subject>()
  const held: (() => void)[] = []
  const turns = createTurns()
  const untilSaved = retry(handleAll, {
    maxAttempts: Number.MAX_SAFE_INTEGER,
    backoff: new ExponentialBackoff({ initialDelay: 50, maxDelay: 2_000 }),
  })
  let count = 0

  /** Works off one subject; ends, and lets go of it, when nothing waits and no alert of it rests. */
  async function tend(key: string, subject: Subject): Promise<void> {
    while (!signal.aborted && (subject.waiting.length > 0 || subject.resting.size > 0)) {
      subject.isUrgent = subject.waiting.some(urgent)
      if (nextBatch(subject.waiting, known, subject.resting).length === 0) await subject.change()
      else await work(subject)
    }
    subjects.delete(key)
    for (const timer of subject.timers) clearTimeout(timer)
  }

  const urgent = ({ finding }: Waiting) => isUrgent(finding, known(finding.alertId))

  async function work(subject: Subject): Promise<void> {
    let batch: readonly Waiting[] = []
    let alertId = ''
    const attempt = async ({ attempt }: { attempt: number }) => {
      try {
        return await turns.take(
          () => subject.isUrgent,
          async () => {
            // A stop waits for what is being saved, not for all that waits for its turn.
            signal.throwIfAborted()
            // Chosen now: while the subject waited for its turn more has come.
            batch = nextBatch(subject.waiting, known, subject.resting)
            alertId = batch[0]?.finding.alertId ?? ''
            return await save(batch.map(({ finding }) => finding))
          },
        )
      } catch (error) {
        if (!signal.aborted)
          logger.error({ err: error, alert: alertId, attempt }, 'an alert cannot be saved; its findings are kept')
        throw error
      }
    }
    const written = await untilSaved.execute(attempt, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error
      return null
    })
    if (written === null) return
    for (const { ack } of batch) ack()
    subject.done(batch)
    if (written) subject.rest(alertId, restMs)
    count -= batch.length
    while (held.length > 0 && count < MOST_WAITING) held.shift()?.()
  }

  signal.addEventListener('abort', () => {
    for (const release of held.splice(0)) release()
    for (const subject of subjects.values()) subject.wake()
  })

  return {
    async add(finding, ack) {
      if (signal.aborted) return
      const key = `${finding.key.kind}:${finding.key.key}`
      count += 1
      let subject = subjects.get(key)
      if (subject === undefined) {
        subject = createSubject()
        subjects.set(key, subject)
        subject.add({ finding, ack })
        subject.working = tend(key, subject)
      } else {
        subject.add({ finding, ack })
        if (!subject.isUrgent && urgent({ finding, ack })) {
          subject.isUrgent = true
          turns.look()
        }
      }
      if (count >= MOST_WAITING) await new Promise<void>((release) => held.push(release))
    },
    async settled() {
      await Promise.allSettled([...subjects.values()].map(({ working }) => working))
    },
  }
}

interface Subject {
  readonly waiting: readonly Waiting[]
  readonly resting: ReadonlySet<string>
  readonly timers: ReadonlySet<NodeJS.Timeout>
  working: Promise<void>
  /** Whether something urgent waits, as far as anybody looked. */
  isUrgent: boolean
  add(one: Waiting): void
  done(batch: readonly Waiting[]): void
  rest(alertId: string, forMs: number): void
  /** Resolves when a finding comes in, an alert has rested, or somebody wakes it. */
  change(): Promise<void>
  wake(): void
}

function createSubject(): Subject {
  const resting = new Set<string>()
  const timers = new Set<NodeJS.Timeout>()
  let waiting: Waiting[] = []
  let wake: () => void = () => {}
  return {
    get waiting() {
      return waiting
    },
    resting,
    timers,
    working: Promise.resolve(),
    isUrgent: false,
    add(one) {
      waiting.push(one)
      wake()
    },
    done(batch) {
      const finished = new Set(batch)
      waiting = waiting.filter((one) => !finished.has(one))
    },
    rest(alertId, forMs) {
      resting.add(alertId)
      const timer = setTimeout(() => {
        resting.delete(alertId)
        timers.delete(timer)
        wake()
      }, forMs)
      timers.add(timer)
    },
    change() {
      return new Promise((resolve) => {
        wake = resolve
      })
    },
    wake: () => wake(),
  }
}
