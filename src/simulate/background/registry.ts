import type { EventData } from '../../model/catalogue/catalogue.ts'
import { type Draft, draft } from '../cloud-event.ts'
import { type Random, weighted } from '../random.ts'
import { registered } from '../registration.ts'
import { RHYTHMS } from '../rhythm.ts'
import type { Volumes } from '../volumes.ts'
import type { Process, World } from './process.ts'

const drawField = weighted([
  ['representative', 30],
  ['room', 25],
  ['capital', 20],
  ['phone', 25],
] as const)
const EXIT_REASONS = ['股东决定解散', '经营期限届满', '长期未经营', '合并分立'] as const

/** Registrations, changes and exits: the counters of the registry. */
export function registryProcesses(volumes: Volumes, rhythm = RHYTHMS.office): Process[] {
  const common = { source: 'registry', rhythm } as const
  return [
    { ...common, name: 'registration', perDay: volumes.registration, happen: register },
    { ...common, name: 'change', perDay: volumes.change, happen: change },
    { ...common, name: 'exit', perDay: volumes.exit, happen: exit },
  ]
}

function register({ census }: World): Draft {
  const { enterprise, representative, premises } = census.standing(census.enter())
  return registered(enterprise, representative, premises)
}

type Change = EventData<'enterprise.changed'>['changes'][number]

function change({ census }: World, random: Random): Draft | null {
  const subject = census.draw(random)
  if (subject === null) return null
  const { index } = subject
  const field = drawField(random)
  const before = census.standing(index)
  census.change(index, field)
  const after = census.standing(index)
  const changes: Record<typeof field, Change> = {
    representative: { field: 'legalRepresentative', before: before.representative, after: after.representative },
    room: { field: 'address', before: before.premises.address, after: after.premises.address },
    capital: { field: 'capital', before: before.capital, after: after.capital },
    phone: { field: 'phone', before: before.phone, after: after.phone },
  }
  return draft('enterprise.changed', subject, { changes: [changes[field]] })
}

function exit({ census }: World, random: Random): Draft | null {
  const subject = census.draw(random)
  if (subject === null) return null
  census.leave(subject.index)
  return draft('enterprise.deregistered', subject, { reason: random.pick(EXIT_REASONS) })
}
