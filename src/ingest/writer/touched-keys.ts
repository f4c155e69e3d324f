import { addressKey } from '../../model/address.ts'
import type { CanonicalEvent, EnterpriseKeys, EventKey, KeyKind, RegisterFacts } from '../../model/event.ts'
import type { PseudonymousContact, PseudonymousPerson } from '../../model/person.ts'

type Data = Readonly<Record<string, unknown>>

/**
 * Every address, person, phone, agent and piece of equipment that the event touches, what it left included, each once.
 * Of people only strong keys: others must not join across enterprises.
 */
export function touchedKeys(event: CanonicalEvent, facts: RegisterFacts): EventKey[] {
  const found = new Map<string, EventKey>()
  const add = (kind: KeyKind, key: string | null | undefined): void => {
    if (key !== null && key !== undefined) found.set(`${kind} ${key}`, [kind, key])
  }
  const address = (text: unknown): void => {
    if (typeof text === 'string') add('address', addressKey(event.region, text))
  }
  const person = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    const { key, strength } = value as PseudonymousPerson
    if (strength === 'strong') add('person', key)
  }
  const holders = (value: unknown): void => {
    if (Array.isArray(value)) for (const { holder } of value as { holder: unknown }[]) person(holder)
  }
  const keys = (of: EnterpriseKeys | undefined): void => {
    add('address', of?.address)
    add('person', of?.representative)
    add('phone', of?.phone)
    add('agent', of?.agent)
  }

  const { data } = event
  address(data.address)
  address((data.respondent as Data | undefined)?.address)
  for (const member of PERSON_MEMBERS) person(data[member])
  holders(data.shareholders)
  add('phone', (data.phone as PseudonymousContact | undefined)?.key)
  add('agent', (data.agent as { key?: string } | undefined)?.key)
  if (event.type.startsWith('equipment.')) add('equipment', data.code as string | undefined)
  for (const change of (data.changes ?? []) as Data[]) {
    for (const side of [change.before, change.after]) {
      if (change.field === 'address') address(side)
      if (change.field === 'legalRepresentative') person(side)
      if (change.field === 'shareholders') holders(side)
      if (change.field === 'phone') add('phone', (side as PseudonymousContact | undefined)?.key)
    }
  }
  keys(facts.joined)
  keys(facts.left)
  return [...found.values()]
}

const PERSON_MEMBERS = ['legalRepresentative', 'complainant', 'reporter', 'holder', 'person'] as const
