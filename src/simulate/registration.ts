import type { Premises } from './addresses.ts'
import { type Draft, draft } from './cloud-event.ts'
import type { MadeUpPerson } from './people.ts'
import type { Enterprise } from './population.ts'

/** The registration of an enterprise. */
export function registered(enterprise: Enterprise, representative: MadeUpPerson, premises: Premises): Draft {
  const { partner, agent } = enterprise
  const shareholders =
    partner === null
      ? [{ holder: representative, ratio: 1 }]
      : [
          { holder: representative, ratio: partner.ratio },
          { holder: partner.person, ratio: Math.round((1 - partner.ratio) * 100) / 100 },
        ]
  return draft('enterprise.registered', enterprise, {
    name: enterprise.name,
    kind: enterprise.kind,
    capital: enterprise.capital,
    address: premises.address,
    addressKind: premises.addressKind,
    legalRepresentative: representative,
    shareholders,
    phone: enterprise.phone,
    ...(agent !== null && { agent }),
    scope: enterprise.line.scope,
  })
}
