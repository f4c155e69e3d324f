import { addressKey, normaliseAddress } from '../model/address.ts'
import type { LoggedEvent } from '../model/event.ts'

/**
 * The normalised words behind an address key, taken from the first event that carries them: a registration by its
 * `data.address`, a change by what its field `address` was or became. An event that only moved to the address without
 * naming it does not help. Null when none of the events does.
 */
export function addressInWords(key: string, events: readonly (LoggedEvent | null)[]): string | null {
  for (const event of events) {
    if (event === null) continue
    for (const text of addressesOf(event.data)) {
      if (addressKey(event.region, text) === key) return normaliseAddress(event.region, text)
    }
  }
  return null
}

function addressesOf({ address, changes }: { readonly address?: unknown; readonly changes?: unknown }): string[] {
  const changed = (Array.isArray(changes) ? changes : []).flatMap(
    (change: { field?: unknown; before?: unknown; after?: unknown }) =>
      change.field === 'address' ? [change.after, change.before] : [],
  )
  return [address, ...changed].filter((text) => typeof text === 'string')
}
