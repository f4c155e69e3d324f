import type { BucketChange } from './bucket.ts'

/** A replica's lease as it stands in the bucket, under `replica.<home>`. */
export interface LeaseEntry<A> {
  /** Minted when the lease begins; a replica that could not renew in time goes on under a new one. */
  readonly life: string
  /** Where other replicas reach the process; minted at its start. */
  readonly address: string
  /** The holder counts itself out before this time has passed since it last renewed, milliseconds. */
  readonly ttlMs: number
  /** What the replica says of itself. */
  readonly about: A
}

/** What one replica alone may do, under its own name; free when its life is over, or ''. */
export interface ClaimEntry {
  readonly home: string
  readonly life: string
}

export type LeaseValue<A> = LeaseEntry<A> | ClaimEntry

/** A replica whose lease has not expired by what was seen. */
export interface LivingReplica<A> extends LeaseEntry<A> {
  readonly home: string
}

interface Seen<T> {
  readonly value: T
  readonly revision: number
  /** When this revision was first seen, monotonic milliseconds. */
  readonly at: number
}

const LEASE = 'replica.'

/** The key of a replica's lease. */
export function leaseKey(home: string): string {
  return `${LEASE}${home}`
}

/**
 * Leases and claims as this process has seen them. Nobody's wall clock counts: a lease has expired when it stands
 * unchanged for its own time since *we* first saw it so, which is never before its holder, who counts from the moment
 * of sending, has counted itself out. After a start or a freeze everything is therefore taken for living at first.
 *
 *     holder    send ────────────────── counts itself out ──┐ margin
 *     others          see ─────────────────────────────────────────── may take it
 */
export class LeaseTable<A> {
  readonly #leases = new Map<string, Seen<LeaseEntry<A>>>()
  readonly #claims = new Map<string, Seen<ClaimEntry>>()

  /** @param now monotonic milliseconds, as everywhere here */
  apply({ key, value, revision }: BucketChange<LeaseValue<A>>, now: number): void {
    if (key.startsWith(LEASE)) {
      const home = key.slice(LEASE.length)
      if (value !== null && 'ttlMs' in value) this.#leases.set(home, { value, revision, at: now })
      else this.#leases.delete(home)
    } else if (value !== null && 'home' in value) this.#claims.set(key, { value, revision, at: now })
    else this.#claims.delete(key)
  }

  claim(name: string): Seen<ClaimEntry> | undefined {
    return this.#claims.get(name)
  }

  lease(home: string): Seen<LeaseEntry<A>> | undefined {
    return this.#leases.get(home)
  }

  /** The living replica that has the claim, or null. */
  holder(name: string, now: number): LivingReplica<A> | null {
    const claim = this.#claims.get(name)?.value
    const lease = claim && this.#leases.get(claim.home)
    if (!lease || lease.value.life !== claim.life || now >= lease.at + lease.value.ttlMs) return null
    return { ...lease.value, home: claim.home }
  }

  /** All living replicas, by home. */
  living(now: number): LivingReplica<A>[] {
    return [...this.#leases]
      .filter(([, { value, at }]) => now < at + value.ttlMs)
      .map(([home, { value }]) => ({ ...value, home }))
      .sort((a, b) => (a.home < b.home ? -1 : 1))
  }
}
