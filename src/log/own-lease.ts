import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { RevisionConflict } from '../model/errors.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Bucket } from './bucket.ts'
import { type LeaseEntry, type LeaseValue, leaseKey } from './lease-table.ts'

/** Times of a lease, milliseconds. */
export interface LeaseTimes {
  /** Others may take what a replica holds this long after they last saw it renew. */
  readonly ttlMs: number
  readonly renewMs: number
  /** The holder counts itself out this much earlier than others do. */
  readonly marginMs: number
  /** Pause after a renewal that failed. */
  readonly retryMs: number
  /** How long a life that ran out may still be resumed, from the moment the process noticed. */
  readonly graceMs: number
}

/** The times that go with a time to live: renewed three times in it. */
export function leaseTimes(ttlMs: number): LeaseTimes {
  return { ttlMs, renewMs: ttlMs * 0.3, marginMs: ttlMs * 0.1, retryMs: ttlMs * 0.03, graceMs: ttlMs * 0.3 }
}

/** A stretch of time in which this process holds its lease without a break. */
export interface Life {
  readonly id: string
  /** By the monotonic clock, which goes on while the process is stopped: asked on every use. */
  held(): boolean
}

export interface OwnLease {
  /** The present life, null between two. */
  life(): Life | null
  start(): Promise<void>
  /** Gives the lease back, so that others need not wait for it to expire. */
  stop(): Promise<void>
}

/**
 * Keeps this process's lease: takes it (whoever had the same home before is dead, see `homeOf`), renews it, and begins a
 * new life when it could not renew in time. A renewal counts from the moment it was sent.
 *
 * A process that stood still wakes with a life that has run out, though perhaps nobody took anything. From then on it is
 * not held, so nothing is done in its name; it is resumed by a renewal, after which each claim is confirmed with the
 * server, or ends when that has not come about within the grace:
 *
 *     sent ───────── held ───────────┐ ran out      ┌ renewed, claims confirmed ── held
 *                      (stands still) ──────────────┤ noticed ── grace ── else a new life
 */
export function createOwnLease<A>(o: {
  readonly bucket: Bucket<LeaseValue<A>>
  readonly home: string
  readonly address: string
  readonly times: LeaseTimes
  readonly about: () => A
  readonly onLost: () => void
  /**
   * The lease was renewed after it had run out: in between somebody may have found it so. Resolves when what is still
   * held is held by the server's word, and the rest is given up.
   */
  readonly confirm: () => Promise<void>
  /** Another process uses the same home: the directory was copied. */
  readonly onFatal: (error: Error) => void
  readonly logger: Logger
}): OwnLease {
  const { bucket, times, logger } = o
  const key = leaseKey(o.home)
  const stopping = new AbortController()
  let life: (Life & { until: number; revision: number; timer: NodeJS.Timeout | undefined }) | null = null
  let running = Promise.resolve()
  let ever = false

  const entryOf = (id: string): LeaseEntry<A> => ({
    life: id,
    address: o.address,
    ttlMs: times.ttlMs,
    about: o.about(),
  })

  function end(): void {
    if (life === null) return
    clearTimeout(life.timer)
    life = null
    if (stopping.signal.aborted) return
    logger.warn({ ttlMs: times.ttlMs }, 'the lease was not renewed in time; what it held is given up')
    o.onLost()
  }

  /** The lease runs from `sentAt`. The grace begins when the timer fires, which may be long after it was due. */
  function extend(own: NonNullable<typeof life>, sentAt: number): void {
    own.until = sentAt + times.ttlMs - times.marginMs
    clearTimeout(own.timer)
    const wait = () => {
      own.timer = setTimeout(() => life === own && end(), times.graceMs).unref()
    }
    own.timer = setTimeout(wait, own.until - performance.now()).unref()
  }

  async function begin(): Promise<void> {
    const found = await bucket.get(key)
    if (ever && found !== null && (found.value as LeaseEntry<A>).address !== o.address) throw new HomeShared(o.home)
    const id = randomBytes(8).toString('hex')
    const sentAt = performance.now()
    const entry = entryOf(id)
    const revision = found ? await bucket.update(key, entry, found.revision) : await bucket.create(key, entry)
    const own = { id, until: 0, revision, timer: undefined, held: () => life === own && performance.now() < own.until }
    life = own
    ever = true
    extend(own, sentAt)
    if (!own.held()) end()
  }

  async function renew(own: NonNullable<typeof life>): Promise<void> {
    const sentAt = performance.now()
    try {
      own.revision = await bucket.update(key, entryOf(own.id), own.revision)
    } catch (error) {
      if (!(error instanceof RevisionConflict)) throw error
      // The answer to an earlier renewal may have been lost, not the renewal.
      const found = await bucket.get(key)
      if (found === null || (found.value as LeaseEntry<A>).life !== own.id) {
        if (life === own) end()
      } else own.revision = found.revision
      throw error
    }
    if (own.held()) return extend(own, sentAt)
    await o.confirm()
    if (life !== own || performance.now() >= sentAt + times.ttlMs - times.marginMs) return
    extend(own, sentAt)
    logger.warn('the lease had run out and is resumed: the process stood still, or the log did')
  }

  async function beat(): Promise<void> {
    if (life === null) await begin()
    else await renew(life)
  }

  async function keep(): Promise<void> {
    const { signal } = stopping
    let pause = times.renewMs
    while (!signal.aborted) {
      await sleep(pause, undefined, { signal }).catch(() => {})
      if (signal.aborted) return
      try {
        await beat()
        pause = times.renewMs
      } catch (error) {
        if (error instanceof HomeShared) return o.onFatal(error)
        logger.debug({ err: error }, 'the lease is renewed later')
        pause = times.retryMs
      }
    }
  }

  return {
    life: () => life,
    async start() {
      while (life === null) {
        await begin().catch((error: unknown) => {
          if (!(error instanceof RevisionConflict)) throw error
        })
      }
      running = keep()
    },
    async stop() {
      stopping.abort()
      await running
      const held = life?.held() ?? false
      end()
      if (held) await bucket.delete(key)
    },
  }
}

class HomeShared extends Error {
  constructor(home: string) {
    super(`another process runs as replica ${home}: its data directory seems to be this one; give each its own`)
    this.name = 'HomeShared'
  }
}
