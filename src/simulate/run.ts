import type { Clock } from '../telemetry/clock.ts'
import type { CloudEvent } from './cloud-event.ts'
import type { Province } from './province.ts'

/** What the receiver made of some events. */
export interface Receipt {
  readonly accepted: number
  readonly duplicates: number
  readonly rejected: number
  /** The first refusal, for people: code and message. */
  readonly refusal?: string
}

/**
 * Hands events to the receiver; resolves when they are safe there, or with null when the run was aborted before that was
 * known. What can be mended by sending the same again is mended inside; a rejection ends the simulation.
 */
export type Send = (events: readonly CloudEvent[]) => Promise<Receipt | null>

export interface Progress extends Receipt {
  /** `initial`: the years before; `history`: behind the wall clock; `live`: with it; `done`. */
  readonly phase: 'initial' | 'history' | 'live' | 'done'
  readonly sent: number
  /** Everything told up to this time has been sent, epoch milliseconds; null during `initial`. */
  readonly sentUntil: number | null
}

export interface RunOptions {
  readonly province: Province
  readonly send: Send
  readonly clock: Clock
  /** Waits that many milliseconds of the clock, or less when the signal is aborted. */
  readonly sleep: (ms: number) => Promise<void>
  /** Simulated seconds a second until the wall clock is met; Infinity: as fast as the receiver takes them. */
  readonly speed: number
  /** Aborted: what has been taken up is sent, then the run ends without an error. */
  readonly signal: AbortSignal
  /** After each answer of the receiver. */
  readonly onProgress?: (progress: Progress) => void
  /** Whether to go on with the wall clock at its speed once it is met. Default true. */
  readonly live?: boolean
  /** Carries on an earlier run of the same province: neither the years before nor what was told up to this time is sent. */
  readonly after?: number
}

const BATCH = 1_000
/** Longest sleep while waiting, so that an aborted run and a changed clock are noticed. */
const NAP_MS = 1_000

/**
 * Plays a province into a receiver, in order of telling, never an event whose time is past now.
 *
 *     initial ──as fast as it goes──> start ──speed──> now ──1──> for ever (until aborted)
 *
 * One batch is under way while the next is made. Without `live` it ends where the plan says "now".
 */
export async function runSimulation(options: RunOptions): Promise<Progress> {
  const { province, clock, sleep, speed, signal, live = true, after } = options
  const post = createPost(options)

  if (after === undefined) {
    for (const event of province.initial()) {
      if (signal.aborted) break
      await post.add(event, null)
    }
    await post.flush()
  }

  const began = clock.now()
  const from = after ?? province.start
  const simulatedAt = (now: number) => Math.min(now, speed === Infinity ? now : from + (now - began) * speed)
  for (const { at: time, event } of province.told()) {
    if (after !== undefined && time <= after) continue
    if (!live && time > province.now) break
    for (let now = clock.now(); time > simulatedAt(now) && !signal.aborted; now = clock.now()) {
      await post.flush()
      const met = simulatedAt(now) >= now
      post.enter(met ? 'live' : 'history')
      const wait = met ? time - now : (time - simulatedAt(now)) / speed
      await sleep(Math.min(Math.max(wait, 1), NAP_MS))
    }
    if (signal.aborted) break
    await post.add(event, time)
  }
  await post.flush()
  return post.enter('done')
}

/** Gathers batches and keeps one under way. */
function createPost({ send, onProgress, after }: RunOptions) {
  let batch: CloudEvent[] = []
  let underWay: Promise<void> = Promise.resolve()
  let newest: number | null = after ?? null
  let progress: Progress = {
    phase: after === undefined ? 'initial' : 'history',
    sent: 0,
    accepted: 0,
    duplicates: 0,
    rejected: 0,
    sentUntil: newest,
  }

  async function deliver(events: readonly CloudEvent[], until: number | null): Promise<void> {
    const receipt = await send(events)
    if (receipt === null) return
    const { accepted, duplicates, rejected, refusal } = receipt
    const first = progress.refusal ?? refusal
    progress = {
      ...progress,
      sent: progress.sent + events.length,
      accepted: progress.accepted + accepted,
      duplicates: progress.duplicates + duplicates,
      rejected: progress.rejected + rejected,
      sentUntil: until,
      ...(first !== undefined && { refusal: first }),
    }
    onProgress?.(progress)
  }

  async function dispatch(): Promise<void> {
    await underWay
    const events = batch
    batch = []
    if (events.length === 0) return
    underWay = deliver(events, newest)
    // Whoever comes next awaits it; until then its failure must not count as unhandled.
    underWay.catch(() => undefined)
  }

  return {
    async add(event: CloudEvent, time: number | null): Promise<void> {
      if (time !== null && progress.phase === 'initial') progress = { ...progress, phase: 'history' }
      batch.push(event)
      newest = time
      if (batch.length >= BATCH) await dispatch()
    },
    async flush(): Promise<void> {
      await dispatch()
      await underWay
    },
    enter(phase: Progress['phase']): Progress {
      if (progress.phase !== phase) {
        progress = { ...progress, phase }
        onProgress?.(progress)
      }
      return progress
    },
  }
}
