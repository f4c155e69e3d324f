/** What holds on to the first message kept. */
export type KeepingReason = 'store' | 'snapshots' | 'age' | 'unknown'

/** What is known of those who need the log; null: not known at this moment. */
export interface LogNeeds {
  /** First sequence that is there. */
  readonly first: number
  /** Last sequence ever given. */
  readonly last: number
  /** Everything up to here is in ClickHouse. */
  readonly stored: number | null
  /** Sequences of the snapshots of each state, highest first. */
  readonly snapshots: ReadonlyMap<string, readonly number[]>
  /** The states that must be restorable. */
  readonly states: readonly string[]
  /** First sequence that is too young to go whoever has it; absent: age is not asked. */
  readonly young?: number | null
}

/**
 * The first sequence that must stay; everything below it may be purged. A state at sequence S is replayed from S + 1,
 * and of its two snapshots the older must do, because the newer may turn out torn:
 *
 *     log        1 2 3 4 5 6 7 8 9
 *     stored     . . . . . . .            7   keeps from 8
 *     detect-0       3       6            3   keeps from 4    <- the lowest counts: 1 to 3 may go
 *     detect-1         4       7          4   keeps from 5
 *
 * Nothing may go while anything is unknown: a state without two snapshots, one that is ahead of the log (it belongs to
 * another), a store that has not said how far it is.
 */
export function keepFrom(needs: LogNeeds): { readonly from: number; readonly because: KeepingReason } {
  const { first, last, stored, snapshots, states, young } = needs
  const nothing = { from: first, because: 'unknown' } as const
  if (stored === null || young === null) return nothing
  const claims: { readonly from: number; readonly because: KeepingReason }[] = [{ from: stored + 1, because: 'store' }]
  for (const state of states) {
    const [newer, older] = snapshots.get(state) ?? []
    if (newer === undefined || older === undefined || newer > last) return nothing
    claims.push({ from: older + 1, because: 'snapshots' })
  }
  if (young !== undefined) claims.push({ from: young, because: 'age' })
  const lowest = claims.reduce((least, claim) => (claim.from < least.from ? claim : least))
  return lowest.from > first ? lowest : { from: first, because: lowest.because }
}
