import { drawRoom, type Premises, sharedPremises } from './addresses.ts'
import { cityOf, drawCounty } from './areas.ts'
import { CODES, madeUpCreditCode } from './credit-codes.ts'
import { drawIndustry, type Industry } from './industries.ts'
import { brand, firmName } from './names.ts'
import { type MadeUpPerson, madeUpPerson, madeUpPhone } from './people.ts'
import { streams, weighted } from './random.ts'

/** What every event tells of the enterprise it is about. */
export interface Subject {
  readonly index: number
  readonly code: string
  readonly line: Industry
  readonly industry: string
  readonly region: string
}

/** An enterprise as it was registered. */
export interface Enterprise extends Subject {
  readonly name: string
  /** Type code of the register. */
  readonly kind: string
  /** Yuan. */
  readonly capital: number
  readonly phone: string
  /** Who holds the rest, when the representative does not hold all; with the representative's share. */
  readonly partner: { readonly person: MadeUpPerson; readonly ratio: number } | null
  readonly agent: { readonly name: string; readonly key: string } | null
}

/**
 * Everybody there is or will be. Each enterprise, person and room is a function of seed and number: nothing is stored,
 * so a million enterprises cost no memory.
 */
export interface Population {
  /** The part of an enterprise that is quickly known. */
  subject(index: number): Subject
  /** @param region county; the one drawn for the index unless given */
  enterprise(index: number, region?: string): Enterprise
  /** @param version 0 at registration, one more with each change of representative */
  representative(index: number, version: number): MadeUpPerson
  /** @param version 0 at registration, one more with each removal */
  premises(index: number, version: number): Premises
  phone(index: number, version: number): string
}

/** Agents have codes at the end of the numbering, where no enterprise comes. */
const AGENTS_FROM = CODES - 1_000
const AGENTS_PER_CITY = 4
const SHARES_ROOM = 0.03
const SHARED_PREMISES = 0.04
const SAME_REPRESENTATIVE = 0.03

const drawKind = weighted([
  ['1130', 70],
  ['1151', 24],
  ['1140', 3],
  ['1110', 1],
] as const)
const drawCapital = weighted([
  [100_000, 12],
  [500_000, 18],
  [1_000_000, 30],
  [2_000_000, 14],
  [5_000_000, 14],
  [10_000_000, 9],
  [50_000_000, 3],
] as const)

export function createPopulation(seed: string): Population {
  const of = {
    lines: streams(seed, 'lines'),
    places: streams(seed, 'places'),
    firms: streams(seed, 'firms'),
    rooms: streams(seed, 'rooms'),
    people: streams(seed, 'people'),
    phones: streams(seed, 'phones'),
    agents: streams(seed, 'agents'),
  }
  const offset = streams(seed, 'codes')
    .at(0)
    .between(0, CODES - 1)

  /** One in thirty moves in with the enterprise registered before it. */
  function host(index: number): number {
    let at = index
    while (at > 0 && of.places.at(at).chance(SHARES_ROOM)) at--
    return at
  }

  const regionOf = (index: number) => drawCounty(of.places.at(host(index), 1))

  function premises(index: number, version: number): Premises {
    const region = regionOf(index)
    if (version > 0) return drawRoom(of.rooms.at(index, version), region)
    const random = of.rooms.at(host(index))
    if (random.chance(SHARED_PREMISES)) return sharedPremises(region, random.chance(0.6) ? 'cluster' : 'park')
    return drawRoom(random, region)
  }

  function subject(index: number, region: string): Subject {
    const line = drawIndustry(of.lines.at(index))
    return { index, code: madeUpCreditCode(index, region, offset), line, industry: line.code, region }
  }

  function representative(index: number, version: number): MadeUpPerson {
    const random = of.people.at(index, version)
    if (version === 0 && index > 0 && random.chance(SAME_REPRESENTATIVE)) return representative(index - 1, 0)
    return madeUpPerson(random)
  }

  function agent(region: string, number: number): { name: string; key: string } {
    const city = Number(region.slice(2, 4))
    const place = city * AGENTS_PER_CITY + number
    const name = `${cityOf(region)}${brand(of.agents.at(place))}企业登记代理有限公司`
    return { name, key: madeUpCreditCode(AGENTS_FROM + place, `${region.slice(0, 4)}00`, offset) }
  }

  return {
    premises,
    representative,
    phone: (index, version) => madeUpPhone(of.phones.at(index, version)),
    subject: (index) => subject(index, regionOf(index)),
    enterprise(index, region = regionOf(index)) {
      const random = of.firms.at(index)
      const known = subject(index, region)
      const kind = drawKind(random)
      return {
        ...known,
        name: firmName(random, cityOf(region), known.line.trade),
        kind,
        capital: drawCapital(random),
        phone: madeUpPhone(of.phones.at(index)),
        partner: kind === '1130' ? { person: madeUpPerson(random), ratio: random.pick([0.51, 0.6, 0.7, 0.9]) } : null,
        agent: random.chance(0.4) ? agent(region, random.between(0, AGENTS_PER_CITY - 1)) : null,
      }
    },
  }
}
