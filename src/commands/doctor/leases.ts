import { setTimeout as sleep } from 'node:timers/promises'
import type { LogConnection } from '../../log/connection.ts'
import { type LeaseEntry, type LeaseValue, leaseKey } from '../../log/lease-table.ts'
import { type Finding, well, wrong } from './finding.ts'

const LOOK_MS = 100

/** The lead as the bucket names it, with the lease its claim hangs on; null while nobody has it. */
interface Lead {
  readonly home: string
  readonly life: string
  readonly revision: number
}

/**
 * Whether somebody living leads. Nobody's wall clock counts: a lease lives when it is renewed while we look, and it is
 * renewed three times in its time to live.
 *
 * @param ttlMs how long is waited for that, milliseconds
 */
export async function checkLeases(log: Pick<LogConnection, 'bucket'>, ttlMs: number): Promise<Finding> {
  const bucket = await log.bucket<LeaseValue<unknown>>('yujing_leases')

  async function look(): Promise<Lead | null> {
    const claim = (await bucket.get('lead'))?.value
    if (claim === undefined || !('home' in claim) || claim.life === '') return null
    const lease = await bucket.get(leaseKey(claim.home))
    if (lease === null || (lease.value as LeaseEntry<unknown>).life !== claim.life) return null
    return { home: claim.home, life: claim.life, revision: lease.revision }
  }

  const until = performance.now() + ttlMs
  let before = await look()
  while (performance.now() < until) {
    await sleep(LOOK_MS)
    const now = await look()
    if (now !== null && now.life === before?.life && now.revision > before.revision)
      return well('leases', `replica ${now.home} leads and renews its lease`)
    if (now?.life !== before?.life) before = now
  }
  return wrong(
    'leases',
    before === null
      ? `nobody has led for ${ttlMs} ms`
      : `replica ${before.home} leads and has not renewed its lease for ${ttlMs} ms: it is frozen, or cannot reach the log`,
    'look at the last lines of its log; where no other replica takes the lead, start it again',
  )
}
