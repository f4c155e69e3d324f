import { addressKey } from '../../model/address.ts'
import type { AddressKind, CanonicalEvent, EnterpriseKeys, EnterpriseStatus } from '../../model/event.ts'
import type { PseudonymousContact, PseudonymousPerson } from '../../model/person.ts'
import { businessDay } from '../../model/time.ts'
import { type EnterpriseRecord, isPresent } from './enterprise-record.ts'

/** Types after which an enterprise is no longer at its address. */
const EXITS: Readonly<Record<string, EnterpriseStatus>> = {
  'enterprise.deregistered': 'deregistered',
  'enterprise.revoked': 'revoked',
  'registration.cancelled': 'cancelled',
}

/** Types besides those that `followed` takes into account. */
const CHANGES: ReadonlySet<string> = new Set([
  'enterprise.registered',
  'enterprise.changed',
  'enterprise.moved',
  'enterprise.dormant',
  'enterprise.resumed',
])

type Data = Readonly<Record<string, unknown>>
type Draft = { -readonly [K in keyof EnterpriseRecord]: EnterpriseRecord[K] }

/**
 * The record of an enterprise after an event; the same object when the event changes nothing, null when the enterprise is
 * unknown and stays so. Goes by log order alone, whatever the event's time: stock is what is there now.
 */
export function nextRecord(before: EnterpriseRecord | null, event: CanonicalEvent): EnterpriseRecord | null {
  const after = followed(before, event)
  if (after === null || event.industry === '' || after.industry === event.industry) return after
  return { ...after, industry: event.industry }
}

/** Whether what the register says of an enterprise may rest on the event. */
export function isOfRegister(event: CanonicalEvent, record: EnterpriseRecord | null): boolean {
  if (event.subject === '') return false
  const followed = event.type.startsWith('enterprise.') || EXITS[event.type] !== undefined
  return followed || (event.industry !== '' && record?.industry === event.industry)
}

function followed(before: EnterpriseRecord | null, event: CanonicalEvent): EnterpriseRecord | null {
  const exit = EXITS[event.type]
  if (exit !== undefined) return { ...drafted(before, event), status: exit }
  switch (event.type) {
    case 'enterprise.registered':
      return registered(before, event)
    case 'enterprise.changed':
      return changed(before, event)
    case 'enterprise.moved':
      return moved(before, event)
    case 'enterprise.dormant':
      return { ...drafted(before, event), status: 'dormant' }
    case 'enterprise.resumed':
      return { ...drafted(before, event), status: 'living' }
    default:
      return before
  }
}

/** Whether an event of that type may change more of a record than its industry. */
export function changesRecord(type: string): boolean {
  return type in EXITS || CHANGES.has(type)
}

/** The record to change: that of the register, or a first one for an enterprise it has not met. */
function drafted(before: EnterpriseRecord | null, event: CanonicalEvent): Draft {
  const day = businessDay(event.time)
  if (before !== null) return { ...before, changedDay: Math.max(before.changedDay, day) }
  return { status: 'living', region: event.region, kind: '', industry: '', registeredDay: null, changedDay: day }
}

function registered(before: EnterpriseRecord | null, event: CanonicalEvent): EnterpriseRecord {
  const { data } = event
  return {
    ...drafted(before, event),
    ...withoutUnknown({
      address: addressKey(event.region, data.address as string),
      representative: strongKey(data.legalRepresentative),
      phone: (data.phone as PseudonymousContact | undefined)?.key,
      agent: (data.agent as { key: string } | undefined)?.key,
    }),
    addressKind: (data.addressKind as AddressKind | undefined) ?? 'ordinary',
    status: 'living',
    region: event.region,
    kind: data.kind as string,
    registeredDay: businessDay(event.time),
  }
}

/** Every key is named, so that a known one is overwritten by nothing when the new registration does not tell it. */
function withoutUnknown(
  keys: Record<'address' | 'representative' | 'phone' | 'agent', string | null | undefined>,
): EnterpriseKeys {
  const { address, representative, phone, agent } = keys
  return {
    address: address ?? undefined,
    representative: representative ?? undefined,
    phone: phone ?? undefined,
    agent: agent ?? undefined,
  }
}

function changed(before: EnterpriseRecord | null, event: CanonicalEvent): EnterpriseRecord {
  const draft = drafted(before, event)
  for (const change of event.data.changes as readonly Data[]) {
    if (change.field === 'address') {
      const address = addressKey(event.region, change.after as string) ?? undefined
      // What kind of place the new address is has not been said: that of the old one does not move along.
      if (address !== draft.address) Object.assign(draft, { address, addressKind: 'ordinary' })
      draft.region = event.region
    }
    if (change.field === 'legalRepresentative') draft.representative = strongKey(change.after)
    if (change.field === 'phone') draft.phone = (change.after as PseudonymousContact | undefined)?.key
  }
  return draft
}

/**
 * A move over a county border takes the enterprise from its address; the new one comes by a change of address, which may
 * have come before the move: then the address lies in the new county already and stays.
 */
function moved(before: EnterpriseRecord | null, event: CanonicalEvent): EnterpriseRecord {
  const draft = drafted(before, event)
  const to = event.data.to as string
  if (to === 'outside') return { ...draft, status: 'moved-out' }
  const back = draft.status === 'moved-out' ? 'living' : draft.status
  if (draft.region === to) return { ...draft, status: back }
  return { ...draft, status: back, region: to, address: undefined, addressKind: undefined }
}

function strongKey(person: unknown): string | undefined {
  const { key, strength } = (person ?? {}) as PseudonymousPerson
  return strength === 'strong' ? key : undefined
}

/** The keys that a record stands for: none once the enterprise has left its address. */
export function presence(record: EnterpriseRecord | null): EnterpriseKeys {
  return record !== null && isPresent(record.status) ? record : {}
}
