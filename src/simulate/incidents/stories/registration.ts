import { addressKey } from '../../../model/address.ts'
import { businessDay, businessDayStart, formatDay } from '../../../model/time.ts'
import { officeRoom, type Premises, sharedPremises, spelling } from '../../addresses.ts'
import { drawCounty } from '../../areas.ts'
import { yearOf } from '../../calendar.ts'
import { registered } from '../../registration.ts'
import { settle, tell } from '../deeds.ts'
import { about, decoy, incident, OFFICE, type Outcome, type Scene } from '../scene.ts'

/** Default trigger of REG-01: that many new within 30 days, red from that many. */
const MANY = 5
const RED = 20

/** REG-01, REG-06 to REG-10: what one registration, or one address, gives away. */
export const registrationStories = {
  'mass-registration': incident(
    'REG-01',
    'an agent fills one room with shells; each clerk writes the room another way',
    (scene) => {
      const region = drawCounty(scene.random)
      const address = officeRoom(scene.random, region)
      const level = scene.size >= RED ? 'red' : scene.size >= MANY ? 'orange' : null
      return fillRoom(scene, { region, address, addressKind: 'ordinary' }, level)
    },
    { size: 9, before: 3 },
  ),
  'cluster-registration': decoy(
    'REG-01',
    'as many newcomers at the county’s cluster-registration address, which is there for that',
    (scene) => fillRoom(scene, sharedPremises(drawCounty(scene.random), 'cluster'), null),
    { size: 12, before: 3 },
  ),
  'child-representative': incident('REG-06', 'a representative of sixteen', (scene) =>
    led(scene, yearOf(businessDay(scene.burst)) - 16, false, 'yellow'),
  ),
  'aged-card-seller': incident('REG-06', 'a representative of seventy-six for a business that sells cards', (scene) =>
    led(scene, yearOf(businessDay(scene.burst)) - 76, true, 'orange'),
  ),
  'old-founder': decoy('REG-06', 'a founder of sixty-eight in a plain line of business', (scene) =>
    led(scene, yearOf(businessDay(scene.burst)) - 68, false, null),
  ),
  'empty-giant': incident(
    'REG-07',
    'sixty million of capital, nothing paid in, nobody insured, no tax for 90 days',
    (scene) => giant(scene, 0, 'yellow'),
  ),
  'paid-giant': decoy('REG-07', 'as large, but a third is paid in', (scene) => giant(scene, 20_000_000, null)),
  'endless-contribution': incident('REG-08', 'capital due only in eight years', (scene) => due(scene, 8, 'yellow')),
  'usual-contribution': decoy('REG-08', 'capital due in four years', (scene) => due(scene, 4, null)),
  'barred-person': incident('REG-09', 'somebody barred for three years registers again', (scene) =>
    barred(scene, 200, 3 * 365, 'red'),
  ),
  'formerly-barred': decoy('REG-09', 'somebody whose bar has run out registers again', (scene) =>
    barred(scene, 1_200, 3 * 365, null),
  ),
  'false-state-firm': incident('REG-10', 'a private company that calls itself state-owned', (scene) => {
    const [time = scene.burst] = scene.times(1)
    const firm = settle(scene, time, scene.newcomer(0), {
      name: `中国${scene.newcomer(0).name.slice(3)}`,
      kind: '1130',
      stateOwned: true,
    })
    return about(firm, 'orange', time)
  }),
  'state-firm': decoy('REG-10', 'a company that a state-owned one holds', (scene) => {
    const [time = scene.burst] = scene.times(1)
    const parent = scene.reserve()
    if (parent === null) return null
    const firm = settle(scene, time, scene.newcomer(0), {
      kind: '1110',
      stateOwned: true,
      shareholders: [{ holder: parent.code, ratio: 1 }],
    })
    return about(firm, null, null)
  }),
} as const

function fillRoom(scene: Scene, premises: Premises, level: 'orange' | 'red' | null): Outcome {
  const { population } = scene
  const { region, address } = premises
  const { times, peak } = scene.course(OFFICE)
  const enterprises = times.map((time, number) => {
    const enterprise = scene.newcomer(number, region)
    const room = { ...premises, address: spelling(address, number) }
    scene.tell(time, 'registry', registered(enterprise, population.representative(enterprise.index, 1), room, time))
    return enterprise
  })
  return {
    key: { kind: 'address', key: addressKey(region, address) ?? '' },
    name: address,
    region,
    enterprises: enterprises.map(({ code }) => code),
    level,
    trips: level === null ? null : (times[MANY - 1] ?? null),
    peak,
  }
}

function led(scene: Scene, birthYear: number, prepaid: boolean, level: 'yellow' | 'orange' | null): Outcome | null {
  const [time = scene.burst] = scene.times(1)
  const own = Array.from({ length: 400 }, (_, number) => number)
  const fits = (number: number) => scene.newcomer(number).line.prepaid === prepaid
  const number = own.find(fits)
  if (number === undefined) return null
  const legalRepresentative = scene.stranger(birthYear)
  const firm = settle(scene, time, scene.newcomer(number), { legalRepresentative })
  return about(firm, level, level === null ? null : time)
}

function giant(scene: Scene, paidIn: number, level: 'yellow' | null): Outcome {
  const [time = scene.burst] = scene.times(1)
  const founded = scene.ago(100)
  const firm = settle(scene, founded, scene.newcomer(0), { kind: '1151', capital: 60_000_000, paidIn })
  for (const days of [70, 40]) {
    tell(scene, scene.ago(days), 'insurance', 'insurance.reported', firm, { insured: 0 })
    tell(scene, scene.ago(days - 1), 'tax', 'tax.reported', firm, { status: 'none' })
  }
  tell(scene, time, 'tax', 'tax.reported', firm, { status: 'none' })
  const trips = businessDayStart(businessDay(founded) + 90)
  return about(firm, level, level === null ? null : trips)
}

function due(scene: Scene, years: number, level: 'yellow' | null): Outcome {
  const [time = scene.burst] = scene.times(1)
  const contributionDue = `${yearOf(businessDay(time)) + years}-12-31`
  const firm = settle(scene, time, scene.newcomer(0), { kind: '1130', capital: 2_000_000, contributionDue })
  return about(firm, level, level === null ? null : time)
}

function barred(scene: Scene, days: number, lasts: number, level: 'red' | null): Outcome {
  const [time = scene.burst] = scene.times(1)
  const person = scene.stranger()
  const firm = scene.newcomer(0)
  const since = scene.ago(days)
  const until = formatDay(businessDay(since) + lasts)
  const nobody = { code: '', region: firm.region, industry: '' }
  tell(scene, since, 'credit', 'restriction.imposed', nobody, { person, kind: '三年内不得任职', until })
  settle(scene, time, firm, { legalRepresentative: person })
  return about(firm, level, level === null ? null : time)
}
