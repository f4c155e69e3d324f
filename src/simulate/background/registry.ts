import type { EventData } from '../../model/catalogue/catalogue.ts'
import { businessDay, formatDay } from '../../model/time.ts'
import { drawCounty, neighboursOf } from '../areas.ts'
import { draft, type Happening } from '../cloud-event.ts'
import { type Random, weighted } from '../random.ts'
import { registered } from '../registration.ts'
import { officeTimeAfter, RHYTHMS } from '../rhythm.ts'
import { SEASONS } from '../seasons.ts'
import type { Volumes } from '../volumes.ts'
import { later, type Process, proneness, type World } from './process.ts'

const drawField = weighted([
  ['representative', 22],
  ['shares', 14],
  ['room', 18],
  ['scope', 18],
  ['capital', 10],
  ['phone', 13],
  ['name', 5],
] as const)
const EXIT_REASONS = ['股东决定解散', '经营期限届满', '长期未经营', '合并分立'] as const
const SIMPLE_EXITS = 0.8
/** Days of notice of a simple and of an ordinary deregistration. */
const NOTICE_DAYS = { simple: 20, ordinary: 45 } as const
const TO_OTHER_CITY = 0.3
const TO_OTHER_PROVINCE = 0.3
/** Share of the registrations applied to be cancelled that are. */
const CANCELLED = 0.5

type Answer = ReturnType<Happening['happen']>

/** Registrations, changes, moves and exits: the counters of the registry. */
export function registryProcesses(volumes: Volumes, rhythm = RHYTHMS.office): Process[] {
  const common = { source: 'registry', rhythm, season: SEASONS.office() } as const
  return [
    { ...common, name: 'registration', perDay: volumes.registration, happen: register },
    { ...common, name: 'change', perDay: volumes.change, happen: change },
    { ...common, name: 'exit', perDay: volumes.exit, happen: exit },
    { ...common, name: 'move', perDay: volumes.move, happen: move },
    { ...common, name: 'standing', perDay: volumes.standing, happen: standing },
    { ...common, name: 'cancellation', perDay: volumes.cancellation, happen: cancel },
  ]
}

function register({ census }: World, _: Random, time: number): Answer {
  const { enterprise, representative, premises } = census.standing(census.enter())
  return registered(enterprise, representative, premises, time)
}

type Change = EventData<'enterprise.changed'>['changes'][number]

function change({ census }: World, random: Random): Answer {
  const subject = census.drawWeighted(random, (each) => 0.3 + 0.7 * proneness(census.risk(each), 'dynamic'))
  if (subject === null) return null
  const { index } = subject
  const field = drawField(random)
  const before = census.standing(index)
  census.change(index, field)
  const after = census.standing(index)
  const changes: Record<typeof field, () => Change> = {
    representative: () => ({
      field: 'legalRepresentative',
      before: before.representative,
      after: after.representative,
    }),
    shares: () => ({ field: 'shareholders', before: before.shareholders, after: after.shareholders }),
    room: () => ({ field: 'address', before: before.premises.address, after: after.premises.address }),
    scope: () => ({ field: 'scope', before: before.scope, after: after.scope }),
    capital: () => ({ field: 'capital', before: before.capital, after: after.capital }),
    phone: () => ({ field: 'phone', before: before.phone, after: after.phone }),
    name: () => ({ field: 'name', before: before.name, after: after.name }),
  }
  return draft('enterprise.changed', subject, { changes: [changes[field]()] })
}

/** First the notice, then, when it has run out, the exit. */
function exit(world: World, random: Random, time: number): Answer {
  const { census } = world
  const subject = census.draw(random)
  if (subject === null) return null
  const kind = random.chance(SIMPLE_EXITS) ? 'simple' : 'ordinary'
  const reason = random.pick(EXIT_REASONS)
  later(world, officeTimeAfter(random, time, NOTICE_DAYS[kind] + random.between(1, 5)), 'registry', () => {
    if (!census.has(subject.index)) return null
    census.leave(subject.index)
    return draft('enterprise.deregistered', subject, { reason })
  })
  const until = formatDay(businessDay(time) + NOTICE_DAYS[kind])
  return draft('enterprise.deregistration-announced', subject, { kind, until })
}

/** To another county, with a new room; or out of the province. */
function move(world: World, random: Random, time: number): Answer {
  const { census } = world
  const subject = census.draw(random)
  if (subject === null) return null
  const { index, region: from } = subject
  if (random.chance(TO_OTHER_PROVINCE)) {
    census.leave(index)
    return draft('enterprise.moved', subject, { from, to: 'outside' })
  }
  const near = neighboursOf(from)
  const to = near.length > 0 && !random.chance(TO_OTHER_CITY) ? random.pick(near) : drawCounty(random)
  if (to === from) return null
  const before = census.standing(index).premises.address
  census.move(index, to)
  const moved = census.subject(index)
  const after = census.standing(index).premises.address
  later(world, time, 'registry', () =>
    draft('enterprise.changed', moved, { changes: [{ field: 'address', before, after }] }),
  )
  return draft('enterprise.moved', moved, { from, to })
}

const drawStanding = weighted([
  ['enterprise.dormant', 45],
  ['enterprise.resumed', 20],
  ['liquidation.started', 30],
  ['enterprise.revoked', 5],
] as const)

function standing({ census }: World, random: Random): Answer {
  const type = drawStanding(random)
  const subject =
    type === 'enterprise.revoked'
      ? census.drawWeighted(random, (each) => proneness(census.risk(each), 'supervision'))
      : census.draw(random)
  if (subject === null) return null
  if (type === 'enterprise.revoked') census.leave(subject.index)
  return draft(type, subject, type === 'enterprise.revoked' ? { reason: '成立后无正当理由超过六个月未开业' } : {})
}

function cancel(world: World, random: Random, time: number): Answer {
  const { census } = world
  const subject = census.drawWeighted(random, (each) => proneness(census.risk(each), 'relations'))
  if (subject === null) return null
  if (random.chance(CANCELLED)) {
    later(world, officeTimeAfter(random, time, random.between(30, 90)), 'registry', () => {
      if (!census.has(subject.index)) return null
      census.leave(subject.index)
      return draft('registration.cancelled', subject, { reason: '提交虚假材料取得登记' })
    })
  }
  return draft('registration.cancellation-applied', subject, { reason: '身份信息被冒用登记' })
}
