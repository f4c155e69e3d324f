import { addressKey } from '../../src/model/address.ts'
import { businessDay } from '../../src/model/time.ts'
import type { CloudEvent } from '../../src/simulate/cloud-event.ts'

/** A key that a naive reading of the rules found to trip: when it first did, and the highest level it reached. */
export interface Trip {
  readonly code: string
  readonly key: string
  readonly time: string
  level: 'orange' | 'red'
}

/** Who complained without a credit code is judged by nobody here. */
type Subjected = CloudEvent & { readonly subject: string }

type Person = { name?: string; idNumber?: string; phone?: string } | undefined
type Data = {
  address?: string
  to?: string
  addressKind?: string
  complainant?: Person
  changes?: { field: string; before: string; after: string }[]
}

/**
 * REG-01 and CMP-01 by their exact readings, without windows or state worth the name: every judged event counts again
 * everything that came before it.
 */
export function createReadings() {
  const trips = new Map<string, Trip>()
  const registrations = new Map<string, { day: number; enterprise: string }[]>()
  const residents = new Map<string, Set<string>>()
  const home = new Map<string, string>()
  const complaints = new Map<string, { day: number; complainant: string }[]>()

  function trip(code: string, key: string, event: Subjected, level: 'orange' | 'red'): void {
    if (event.backfill) return
    const known = trips.get(`${code} ${key}`)
    if (known === undefined) trips.set(`${code} ${key}`, { code, key, time: event.time, level })
    else if (level === 'red') known.level = 'red'
  }

  function joins(event: Subjected, address: string): void {
    const key = addressKey(event.region, address) as string
    const day = businessDay(Date.parse(event.time))
    at(registrations, key, () => []).push({ day, enterprise: event.subject })
    at(residents, key, () => new Set()).add(event.subject)
    home.set(event.subject, key)
    const recent = registrations.get(key)?.filter((each) => each.day > day - 30 && each.day <= day) ?? []
    const fresh = new Set(recent.map((each) => each.enterprise)).size
    const stock = residents.get(key)?.size ?? 0
    if (fresh >= 20 || stock >= 20) trip('REG-01', key, event, 'red')
    else if (fresh >= 5 || stock >= 10) trip('REG-01', key, event, 'orange')
  }

  function leaves(event: Subjected): void {
    const key = home.get(event.subject)
    if (key !== undefined) residents.get(key)?.delete(event.subject)
    home.delete(event.subject)
  }

  function complained(event: Subjected, person: Person): void {
    const day = businessDay(Date.parse(event.time))
    const who = person?.idNumber ?? person?.phone ?? person?.name ?? event.id
    const all = at(complaints, event.subject, () => [])
    all.push({ day, complainant: who })
    const week = all.filter((each) => each.day > day - 7 && each.day <= day)
    const n = new Set(week.map((each) => each.complainant)).size
    const mu = Math.max(0.5, all.filter((each) => each.day > day - 91 && each.day <= day - 7).length / 12)
    if (n >= 5 && n >= 3 * mu && poissonAtLeast(n, mu) < 0.001) trip('CMP-01', event.subject, event, 'orange')
  }

  return {
    trips,
    read({ subject = '', ...told }: CloudEvent): void {
      const event = { ...told, subject }
      const data = event.data as Data
      switch (event.type) {
        case 'enterprise.registered':
          if (data.addressKind !== 'cluster' && data.addressKind !== 'park') joins(event, data.address as string)
          break
        case 'enterprise.changed':
          for (const { field, after } of data.changes ?? []) {
            if (field !== 'address') continue
            leaves(event)
            joins(event, after)
          }
          break
        case 'enterprise.deregistered':
        case 'enterprise.revoked':
        case 'registration.cancelled':
          leaves(event)
          break
        case 'enterprise.moved':
          if (data.to === 'outside') leaves(event)
          break
        case 'complaint.filed':
          if (subject !== '') complained(event, data.complainant)
          break
        default:
      }
    },
  }
}

function at<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}

/** P(Poisson(mu) >= n), term by term. */
export function poissonAtLeast(n: number, mu: number): number {
  let term = Math.exp(-mu)
  let below = 0
  for (let k = 0; k < n; k++) {
    below += term
    term *= mu / (k + 1)
  }
  return 1 - below
}
