import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { RevisionConflict } from '../model/errors.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Bucket } from './bucket.ts'
import { type LeaseEntry, LeaseTable, type LeaseValue, type LivingReplica, leaseKey } from './lease-table.ts'
import { createOwnLease, type LeaseTimes, type Life } from './own-lease.ts'

/** A claim of this process. */
export interface Claim {
  readonly name: string
  /** Asked on every use: a process that was frozen finds out here, before it does anything. */
  held(): boolean
  /** Aborted once the claim is lost or released. */
  readonly lost: AbortSignal
  /** Gives it to whoever comes; quiet when it is lost already. */
  release(): Promise<void>
}

/** Who of all replicas does what. `A` is what each says of itself with its lease. */
export interface Leases<A> {
  /** Where other replicas reach this process. */
  readonly address: string
  /** Takes this process's lease and reads everybody else's. */
  start(): Promise<void>
  /** Takes a claim that is free or whose holder is dead; null when somebody living has it or is faster. */
  claim(name: string): Promise<Claim | null>
  /** The living replica that holds a claim; null while nobody does. */
  holder(name: string): LivingReplica<A> | null
  /** All living replicas including this one, by home. */
  living(): readonly LivingReplica<A>[]
  /** Whether this process holds its lease at this moment. */
  held(): boolean
  /** Frees everything at once. */
  stop(): Promise<void>
}

const REOPEN_MS = 500

/**
 * One lease a process, renewed by compare-and-set; claims (`lead`, `store`, a group of partitions) hang on it: a claim
 * is good while the life it names is. Whoever wants one whose holder seems dead asks the server once more, because a
 * watch may be late, and then takes it by compare-and-set, so of two that want it one gets it.
 */
export function createLeases<A>(o: {
  readonly bucket: Bucket<LeaseValue<A>>
  /** Of the data directory; no two living processes have the same. */
  readonly home: string
  readonly times: LeaseTimes
  readonly about: () => A
  readonly onFatal: (error: Error) => void
  readonly logger: Logger
}): Leases<A> {
  const { bucket, home } = o
  const logger = o.logger.child({ step: 'log', part: 'leases' })
  const address = randomBytes(8).toString('hex')
  const table = new LeaseTable<A>()
  const own = createOwnLease({ ...o, address, logger, onLost: loseAll, confirm: confirmAll })
  const held = new Map<string, { readonly life: string; revision: number; lose(): void }>()
  const stopping = new AbortController()
  let watching = Promise.resolve()

  function loseAll(): void {
    for (const { lose } of [...held.values()]) lose()
  }

  /** Writes each claim anew where nobody has taken it: whoever was about to take it finds another revision. */
  async function confirmAll(): Promise<void> {
    await Promise.all(
      [...held].map(async ([name, mine]) => {
        try {
          mine.revision = await bucket.update(name, { home, life: mine.life }, mine.revision)
        } catch (error) {
          if (!(error instanceof RevisionConflict)) throw error
          const found = await bucket.get(name)
          // The answer to an earlier confirmation may have been lost, not the confirmation.
          if (found !== null && isOf(mine.life, found.value)) mine.revision = found.revision
          else mine.lose()
        }
      }),
    )
  }

  async function watch(last: number, loaded: () => void): Promise<void> {
    const { signal } = stopping
    if (last === 0) loaded()
    while (!signal.aborted) {
      try {
        for await (const change of bucket.watch(signal)) {
          table.apply(change, performance.now())
          const mine = held.get(change.key)
          if (mine && change.revision > mine.revision && !isOf(mine.life, change.value)) mine.lose()
          if (change.revision >= last) loaded()
        }
      } catch (error) {
        logger.warn({ err: error }, 'the watch over leases broke; it is opened again')
      }
      await sleep(REOPEN_MS, undefined, { signal }).catch(() => {})
    }
    loaded()
  }

  /** Whether the life a claim names goes on, by the server's word. */
  async function goesOn(holder: { readonly home: string; readonly life: string }): Promise<boolean> {
    const now = await bucket.get(leaseKey(holder.home))
    if (now === null || (now.value as LeaseEntry<A>).life !== holder.life) return false
    const seen = table.lease(holder.home)
    return seen?.revision !== now.revision || performance.now() < seen.at + seen.value.ttlMs
  }

  function hold(name: string, life: Life, revision: number): Claim {
    const lost = new AbortController()
    const lose = () => {
      held.delete(name)
      lost.abort()
    }
    const mine = { life: life.id, revision, lose }
    held.set(name, mine)
    // Somebody who thought us dead may have been so fast that the watch told before the answer came.
    if ((table.claim(name)?.revision ?? 0) > revision) lose()
    return {
      name,
      held: () => !lost.signal.aborted && life.held(),
      lost: lost.signal,
      async release() {
        if (lost.signal.aborted) return
        lose()
        await bucket.update(name, { home: '', life: '' }, mine.revision).catch((error: unknown) => {
          if (!(error instanceof RevisionConflict)) logger.warn({ err: error, name }, 'a claim is not given back')
        })
      },
    }
  }

  return {
    address,
    async start() {
      await own.start()
      const last = await bucket.lastRevision()
      await new Promise<void>((loaded) => {
        watching = watch(last, loaded)
      })
    },

    async claim(name) {
      const life = own.life()
      if (!life?.held() || held.has(name)) return null
      const seen = table.claim(name)
      const holder = seen?.value
      if (holder && holder.life !== '' && holder.life !== life.id) {
        if (table.holder(name, performance.now()) !== null || (await goesOn(holder))) return null
      }
      try {
        const entry = { home, life: life.id }
        const revision = seen ? await bucket.update(name, entry, seen.revision) : await bucket.create(name, entry)
        return life.held() ? hold(name, life, revision) : null
      } catch (error) {
        if (error instanceof RevisionConflict) return null
        throw error
      }
    },

    holder: (name) => table.holder(name, performance.now()),
    living: () => table.living(performance.now()),
    held: () => own.life()?.held() ?? false,

    async stop() {
      loseAll()
      await own.stop()
      stopping.abort()
      await watching
    },
  }
}

function isOf(life: string, claim: LeaseValue<unknown> | null): boolean {
  return claim !== null && 'home' in claim && claim.life === life
}
