import type { EventData } from '../model/catalogue/catalogue.ts'
import { businessDay, DAY_MS } from '../model/time.ts'
import type { Premises } from './addresses.ts'
import { yearOf } from './calendar.ts'
import { type Draft, draft } from './cloud-event.ts'
import type { MadeUpPerson } from './people.ts'
import type { Enterprise } from './population.ts'

/** A shareholder: a person, or an enterprise by its code, and the share. */
export interface Shareholder {
  readonly holder: MadeUpPerson | string
  readonly ratio: number
}

/** Since this day the capital of a company must be paid in within five years; before, thirty were usual. */
const FIVE_YEARS_SINCE = Date.UTC(2024, 6, 1) / DAY_MS
const LONG_TERM_YEARS = 25

/** The registration of an enterprise. @param time epoch milliseconds */
export function registered(
  enterprise: Enterprise,
  representative: MadeUpPerson,
  premises: Premises,
  time: number,
): Draft {
  const { agent, form, paidIn, email } = enterprise
  const data: Mutable<EventData<'enterprise.registered'>> = {
    name: enterprise.name,
    kind: form.kind,
    capital: enterprise.capital,
    address: premises.address,
    addressKind: premises.addressKind,
    legalRepresentative: representative,
    shareholders: firstShareholders(enterprise, representative),
    phone: enterprise.phone,
    scope: enterprise.line.scope,
  }
  // Assigned one by one: a whole population is made of these, and spreading costs more than all the rest.
  if (paidIn !== null) data.paidIn = paidIn
  if (form.kind.startsWith('1')) data.contributionDue = contributionDue(enterprise, time)
  if (email !== null) data.email = email
  if (agent !== null) data.agent = agent
  if (form.owners === 'state') data.stateOwned = true
  return draft('enterprise.registered', enterprise, data)
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** Who holds a company at first. */
export function firstShareholders({ partner }: Enterprise, representative: MadeUpPerson): Shareholder[] {
  if (partner === null) return [{ holder: representative, ratio: 1 }]
  if (typeof partner.holder === 'string') return [{ holder: partner.holder, ratio: 1 }]
  return [
    { holder: representative, ratio: partner.ratio },
    { holder: partner.holder, ratio: restOf(partner.ratio) },
  ]
}

/** What a share leaves for the other, without the dust of binary fractions. */
export function restOf(ratio: number): number {
  return Math.round((1 - ratio) * 100) / 100
}

function contributionDue({ contributionYears }: Enterprise, time: number): string {
  const day = businessDay(time)
  const years = day >= FIVE_YEARS_SINCE ? contributionYears - 1 : LONG_TERM_YEARS
  return `${yearOf(day) + years}-12-31`
}
