import type { RegisterRecord } from '../../model/correction.ts'
import type { AddressKind, EnterpriseKeys, EnterpriseStatus } from '../../model/event.ts'

/** What the register holds of an enterprise. Keys are held as 128 bits: only strong persons have one here. */
export type EnterpriseRecord = RegisterRecord

/** Values as they stand in packed records: append only. */
export const PACKED_STATUSES: readonly EnterpriseStatus[] = [
  'living',
  'dormant',
  'revoked',
  'deregistered',
  'cancelled',
  'moved-out',
]
export const PACKED_ADDRESS_KINDS: readonly AddressKind[] = ['ordinary', 'cluster', 'park', 'residential']

/** Whether an enterprise of that status still is at its address: in operation or dormant (歇业). */
export function isPresent(status: EnterpriseStatus): boolean {
  return status === 'living' || status === 'dormant'
}

const KEY_NAMES = ['address', 'representative', 'phone', 'agent'] as const

/** The join keys alone, without those that are not known. */
export function keysOf(record: EnterpriseKeys): EnterpriseKeys {
  const keys: Record<string, string> = {}
  for (const name of KEY_NAMES) {
    const key = record[name]
    if (key !== undefined) keys[name] = key
  }
  if (record.address !== undefined && record.addressKind !== undefined) keys.addressKind = record.addressKind
  return keys
}

/** Keys of `a` that `b` does not hold. */
export function keysWithout(a: EnterpriseKeys, b: EnterpriseKeys): EnterpriseKeys {
  const rest: { -readonly [K in keyof EnterpriseKeys]: EnterpriseKeys[K] } = {}
  for (const name of KEY_NAMES) if (a[name] !== undefined && a[name] !== b[name]) rest[name] = a[name]
  if (rest.address !== undefined && a.addressKind !== undefined) rest.addressKind = a.addressKind
  return rest
}
