import { addressKey } from './address.ts'
import type { CanonicalEvent } from './event.ts'
import type { PseudonymousPerson } from './person.ts'

/**
 * What an `enterprise.changed` event says really changed: before = after is no change, however it is written. Events of
 * any other type change nothing.
 */

type Data = Readonly<Record<string, unknown>>
type Holding = { readonly holder: string | PseudonymousPerson; readonly ratio: number }

/** The representative is another person. */
export function changesRepresentative(event: CanonicalEvent): boolean {
  return changesOf(event, 'legalRepresentative').some(
    ({ before, after }) => !isSamePerson(before as PseudonymousPerson, after as PseudonymousPerson),
  )
}

/** The address is another one when both are normalised. */
export function changesAddress(event: CanonicalEvent): boolean {
  return changesOf(event, 'address').some(
    ({ before, after }) => addressKey(event.region, String(before)) !== addressKey(event.region, String(after)),
  )
}

/** Share moved between holders, 0 to 1: half the sum of absolute differences. */
export function shareMoved(event: CanonicalEvent): number {
  const moved = changesOf(event, 'shareholders').map(({ before, after }) => {
    const shares = new Map<string, number>()
    const add = (holdings: unknown, sign: 1 | -1) => {
      for (const { holder, ratio } of holdings as readonly Holding[])
        shares.set(holderName(holder), (shares.get(holderName(holder)) ?? 0) + sign * ratio)
    }
    add(after, 1)
    add(before, -1)
    return [...shares.values()].reduce((sum, difference) => sum + Math.abs(difference), 0) / 2
  })
  return Math.min(
    1,
    moved.reduce((sum, one) => sum + one, 0),
  )
}

function changesOf({ type, data }: CanonicalEvent, field: string): readonly Data[] {
  if (type !== 'enterprise.changed') return []
  return (data.changes as readonly Data[]).filter((change) => change.field === field)
}

/** Keys of different strength cannot be compared: then the masked names must do. */
function isSamePerson(before: PseudonymousPerson, after: PseudonymousPerson): boolean {
  if (before.strength === after.strength && before.key !== undefined) return before.key === after.key
  return before.name !== undefined && before.name === after.name
}

function holderName(holder: Holding['holder']): string {
  return typeof holder === 'string' ? holder : (holder.key ?? `name ${holder.name ?? ''}`)
}
