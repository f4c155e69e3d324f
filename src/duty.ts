import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Claim, Leases } from './log/leases.ts'
import { isStoreAway } from './model/errors.ts'
import { createStopping, type Stopping } from './stopping.ts'
import type { Logger } from './telemetry/logger.ts'

/** What one of all replicas does while it holds a claim. */
export interface Duty<T> {
  /**
   * Resolves once it is known who does it: begun here, left to somebody living, or hindered by a store that is
   * away or by a claim that ran out meanwhile.
   * Rejects when it was to begin here and could not for another reason; later failures are tried again for ever.
   */
  start(): Promise<void>
  /** Why it could not begin here when it was last tried; null when it did, or somebody else does it. */
  hindrance(): unknown
  /** What was begun here, null while it is not done here. Asked on every use, see `Claim.held`. */
  current(): T | null
  stop(): Promise<void>
}

/** How often a duty that somebody else has is asked for. */
const ASK_MS = 250
/** How long one that could not begin is left alone. */
const REST_MS = 1_000
/** Longest wait for one part of it to end. */
const STOP_DEADLINE_MS = 10_000

/** The duty could not begin for that alone, as when the process stood still: it may the next time. */
class ClaimRanOut extends Error {
  constructor(cause: unknown) {
    super('the claim ran out while the duty began', { cause })
    this.name = 'ClaimRanOut'
  }
}

/**
 * Begins the duty when its claim is taken and ends it when the claim is lost, `giveUp` is called, or the process stops;
 * the claim is given back only when everything has ended.
 */
export function createDuty<T>(o: {
  readonly name: string
  readonly leases: Pick<Leases<unknown>, 'claim'>
  readonly begin: (claim: Claim, stopping: Stopping, giveUp: (error: Error) => void) => Promise<T>
  /** Told when it is begun and when it has ended. */
  readonly onChange: (isDoneHere: boolean) => void
  readonly logger: Logger
}): Duty<T> {
  const logger = o.logger.child({ duty: o.name })
  const stopping = new AbortController()
  let current: { readonly claim: Claim; readonly value: T } | null = null
  let hindrance: unknown = null
  let running = Promise.resolve()

  async function serve(claim: Claim, begun: () => void): Promise<void> {
    const over = new AbortController()
    const ending = AbortSignal.any([claim.lost, stopping.signal, over.signal])
    const parts = createStopping(logger, STOP_DEADLINE_MS)
    const giveUp = (error: Error) => {
      logger.warn({ err: error }, 'the duty is given up')
      over.abort()
    }
    try {
      logger.info('the duty is taken')
      const value = await o.begin(claim, parts, giveUp).catch((error: unknown) => {
        throw claim.held() ? error : new ClaimRanOut(error)
      })
      current = { claim, value }
      hindrance = null
      o.onChange(true)
      begun()
      if (!ending.aborted) await once(ending, 'abort')
    } finally {
      current = null
      await parts.stop()
      o.onChange(false)
      await claim.release()
      logger.info('the duty has ended here')
    }
  }

  async function keep(known: () => void, failed: (error: unknown) => void): Promise<void> {
    let isFirst = true
    while (!stopping.signal.aborted) {
      try {
        const claim = await o.leases.claim(o.name)
        if (claim) await serve(claim, known)
        else hindrance = null
      } catch (error) {
        if (isFirst && !isStoreAway(error) && !(error instanceof ClaimRanOut)) return failed(error)
        hindrance = error
        logger.warn({ err: error }, 'the duty could not be taken; it is tried again')
      }
      isFirst = false
      known()
      await sleep(hindrance === null ? ASK_MS : REST_MS, undefined, { signal: stopping.signal }).catch(() => {})
    }
  }

  return {
    start: () =>
      new Promise((resolve, reject) => {
        running = keep(resolve, reject)
      }),
    hindrance: () => hindrance,
    current: () => (current?.claim.held() ? current.value : null),
    async stop() {
      stopping.abort()
      await running
    },
  }
}
