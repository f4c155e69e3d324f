import { createDesk, type Desk } from '../../src/alerts/desk.ts'
import type { AlertArchive } from '../../src/alerts/ports/alert-archive.ts'
import type { AlertBucket } from '../../src/alerts/ports/alert-bucket.ts'
import type { FindingSource } from '../../src/alerts/ports/finding-source.ts'
import type { Alert, StoredAlert } from '../../src/model/alert.ts'
import type { LoggedEvent } from '../../src/model/event.ts'
import type { Finding } from '../../src/model/finding.ts'
import type { Position } from '../../src/model/position.ts'
import { DAY_MS } from '../../src/model/time.ts'
import { silentLogger } from '../../src/telemetry/logger.ts'
import { createMetrics, type Metrics } from '../../src/telemetry/metrics.ts'
import { MemoryArchive } from '../support/memory-archive.ts'
import { MemoryBucket } from '../support/memory-bucket.ts'
import { eventAt, MONDAY } from './findings.ts'

/** Findings for a desk, kept until acknowledged: the behaviour of the real log, in memory. */
export class Post {
  readonly #sent: { finding: Finding; acked: boolean }[] = []
  #wake: () => void = () => {}

  send(...findings: Finding[]): void {
    for (const finding of findings) this.#sent.push({ finding, acked: false })
    this.#wake()
  }

  /** Everything from a place on counts as not acknowledged: the next `consume` begins there. */
  rewind(from: number): void {
    for (const message of this.#sent.slice(from)) message.acked = false
  }

  acknowledged(): number {
    return this.#sent.filter(({ acked }) => acked).length
  }

  allAcknowledged(): boolean {
    return this.#sent.every(({ acked }) => acked)
  }

  async consume(
    _name: string,
    handle: (finding: Finding, ack: () => void) => Promise<void> | void,
    signal: AbortSignal,
  ): Promise<void> {
    const oldest = this.#sent.findIndex(({ acked }) => !acked)
    let next = oldest === -1 ? this.#sent.length : oldest
    while (!signal.aborted) {
      const message = this.#sent[next]
      if (message === undefined) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve
          signal.addEventListener('abort', () => resolve(), { once: true })
        })
        continue
      }
      next += 1
      await handle(message.finding, () => {
        message.acked = true
      })
    }
  }
}

export interface OfficeOptions {
  /** Where findings come from when it is not the post. */
  readonly source?: FindingSource
  readonly bucket?: AlertBucket
  readonly post?: Post
  readonly clock?: { time: number }
  readonly archive?: AlertArchive
  readonly keptMs?: number
  readonly restMs?: number
  readonly lookAgainMs?: number
  readonly eventsAt?: (positions: readonly Position[]) => Promise<readonly (LoggedEvent | null)[]>
  readonly name?: (code: string) => Promise<string | null>
}

/** A desk at work, with the words to talk about it. */
export interface Office {
  readonly desk: Desk
  readonly post: Post
  readonly bucket: AlertBucket
  readonly metrics: Metrics
  /** The clock on the wall, epoch milliseconds; tests move it. */
  readonly clock: { time: number }
  /** Sends findings and waits until each is acknowledged. */
  receives(...findings: Finding[]): Promise<void>
  alert(id?: string): Alert
  stored(id?: string): Promise<StoredAlert>
  /** An officer acts on the alert as it is now. */
  officer(action: string, words?: object, id?: string): Promise<Alert>
  closes(): Promise<void>
}

export async function openOffice(options: OfficeOptions = {}): Promise<Office> {
  const bucket = options.bucket ?? new MemoryBucket<StoredAlert>()
  const post = options.post ?? new Post()
  const archive = options.archive ?? new MemoryArchive()
  const metrics = createMetrics()
  const clock = options.clock ?? { time: MONDAY }
  const desk = createDesk({
    findings: options.source ?? post,
    alerts: bucket,
    archive,
    keptMs: options.keptMs ?? 30 * DAY_MS,
    events: {
      inHand: (positions) => positions.map(() => null),
      eventsAt: options.eventsAt ?? (async (positions) => positions.map(({ seq, index }) => eventAt(seq, index))),
    },
    directory: { name: options.name ?? (async () => '火锅店甲') },
    clock: { now: () => clock.time },
    logger: silentLogger(),
    metrics,
    times: { restMs: options.restMs ?? 1, lookAgainMs: options.lookAgainMs ?? 10, archiveEveryMs: 5 },
  })
  await desk.start()
  desk.work()

  function alert(id = 'surge-1'): Alert {
    const found = desk.book.get(id)
    if (found === null) throw new Error(`no alert ${id}`)
    return found
  }

  return {
    desk,
    post,
    bucket,
    metrics,
    clock,
    alert,
    async receives(...findings) {
      post.send(...findings)
      await until(() => post.allAcknowledged())
    },
    async stored(id = 'surge-1') {
      const entry = await bucket.get(id)
      if (entry === null) throw new Error(`no alert ${id}`)
      return entry.value
    },
    officer: (action, words = {}, id = 'surge-1') =>
      desk.act(id, { action, ...words }, alert(id).revision, { id: 'officer-7' }),
    closes: () => desk.stop(),
  }
}

/** Waits for a condition; a minute at most, for a busy machine may take as long as it likes. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 60_000
  while (!(await condition())) {
    if (performance.now() > end) throw new Error('waited a minute in vain')
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}
