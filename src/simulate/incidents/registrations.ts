import { addressKey } from '../../model/address.ts'
import { officeRoom, type Premises, sharedPremises, spelling } from '../addresses.ts'
import { drawCounty } from '../areas.ts'
import { registered } from '../registration.ts'
import type { Occasion, Planted } from './planted.ts'

/** Default trigger of REG-01: that many new within 30 days, red from that many. */
const TRIGGER = 5
const RED = 20

const COUNTER = { from: 9, to: 17, workdaysOnly: true }

/** REG-01: an agent fills one room with shells; each clerk writes the room another way. */
export function massRegistration(occasion: Occasion): Planted {
  const { random, plan } = occasion
  const region = drawCounty(random)
  const address = officeRoom(random, region)
  const { size } = plan
  const level = size >= RED ? 'red' : size >= TRIGGER ? 'orange' : null
  return registrations(occasion, { region, address, addressKind: 'ordinary' }, level)
}

/** Decoy of REG-01: as many newcomers at the county's cluster-registration address, which is there for that. */
export function clusterRegistration(occasion: Occasion): Planted {
  return registrations(occasion, sharedPremises(drawCounty(occasion.random), 'cluster'), null)
}

function registrations(occasion: Occasion, premises: Premises, level: 'orange' | 'red' | null): Planted {
  const { population } = occasion
  const { region, address } = premises
  const course = occasion.course(COUNTER)
  const enterprises = course.times.map((_, number) => population.enterprise(occasion.newcomer(number), region))
  const happenings = enterprises.map((enterprise, number) => {
    const representative = population.representative(enterprise.index, 1)
    const event = registered(enterprise, representative, { ...premises, address: spelling(address, number) })
    return { time: course.times[number] ?? 0, happening: { source: 'registry', happen: () => event } as const }
  })
  const truth = occasion.truth(course, {
    key: { kind: 'address', key: addressKey(region, address) ?? '' },
    name: address,
    region,
    enterprises: enterprises.map(({ code }) => code),
    level,
    tripsAt: level === null ? null : TRIGGER - 1,
  })
  return { truth, happenings }
}
