import { drawRoom, type Premises, sharedPremises } from './addresses.ts'
import { cityOf, drawCounty } from './areas.ts'
import { CODES, madeUpCreditCode } from './credit-codes.ts'
import { drawIndustry, type Industry } from './industries.ts'
import { formOf, type LegalForm } from './legal-forms.ts'
import { brand, firmName } from './names.ts'
import { type MadeUpPerson, madeUpPerson, madeUpPhone } from './people.ts'
import { type Random, streams, weighted } from './random.ts'
import { createRisks, type HiddenRisk } from './risk.ts'

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
  readonly form: LegalForm
  /** Yuan, and what of it is paid in; null: not told. */
  readonly capital: number
  readonly paidIn: number | null
  /** Years from registration until the capital must be paid in, 1 to 5. */
  readonly contributionYears: number
  readonly phone: string
  readonly email: string | null
  /** Who holds the rest, a person or an enterprise by its code, when the representative does not hold all; with their share. */
  readonly partner: { readonly holder: MadeUpPerson | string; readonly ratio: number } | null
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
  /** @param version 0 at registration, one more with each removal @param region the present one, if it has moved */
  premises(index: number, version: number, region?: string): Premises
  /** @param version from 1: with each change of its name */
  laterName(index: number, version: number): string
  phone(index: number, version: number): string
  /** @param line of its business, where the caller has it already */
  risk(index: number, line?: Industry): HiddenRisk
  /** Numbers of its special equipment; none for most. */
  equipment(subject: Subject): readonly string[]
}

/** Agents have codes at the end of the numbering, where no enterprise comes; so have parent companies. */
const AGENTS_FROM = CODES - 1_000
const PARENTS_FROM = CODES - 9_000
const PARENTS = 8_000
const AGENTS_PER_CITY = 12
/** A few agents do most of the work: the n-th as much as 1/n of the first. */
const drawAgent = weighted(Array.from({ length: AGENTS_PER_CITY }, (_, number) => [number, 1 / (number + 1)] as const))
const BY_AGENT = 0.4
/** Newcomers of incidents are numbered from here, where the routine never comes. */
export const NEWCOMERS_FROM = 600_000_000
const SHARES_ROOM = 0.03
const SHARED_PREMISES = 0.04
/** Cluster offices, secretarial addresses and parks of a county. */
const SHARED_PLACES = 6
const SAME_REPRESENTATIVE = 0.03

const drawCapital = weighted([
  [100_000, 12],
  [500_000, 18],
  [1_000_000, 30],
  [2_000_000, 14],
  [5_000_000, 14],
  [10_000_000, 9],
  [50_000_000, 3],
] as const)
const PAID_IN = 0.35
const PAID_SHARES = [0.1, 0.2, 0.5, 1] as const
const WITH_EMAIL = 0.15

/** @param others share of sole traders and cooperatives, 0 to 1 */
export function createPopulation(seed: string, others = 0): Population {
  const of = {
    lines: streams(seed, 'lines'),
    places: streams(seed, 'places'),
    firms: streams(seed, 'firms'),
    rooms: streams(seed, 'rooms'),
    people: streams(seed, 'people'),
    phones: streams(seed, 'phones'),
    agents: streams(seed, 'agents'),
    forms: streams(seed, 'forms'),
    equipment: streams(seed, 'equipment'),
  }
  const risks = createRisks(seed)
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

  function premises(index: number, version: number, moved?: string): Premises {
    const region = moved ?? regionOf(index)
    if (version > 0) return drawRoom(of.rooms.at(index, version), region)
    const random = of.rooms.at(host(index))
    if (random.chance(SHARED_PREMISES)) {
      return sharedPremises(region, random.chance(0.6) ? 'cluster' : 'park', random.between(1, SHARED_PLACES))
    }
    return drawRoom(random, region)
  }

  const form = (index: number) => formOf(of.forms.at(index), index < NEWCOMERS_FROM ? others : 0)

  function subject(index: number, region: string): Subject {
    const line = drawIndustry(of.lines.at(index))
    const code = madeUpCreditCode(index, region, offset, form(index).prefix)
    return { index, code, line, industry: line.code, region }
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

  function parent(random: Random, region: string): string {
    return madeUpCreditCode(PARENTS_FROM + random.between(0, PARENTS - 1), `${region.slice(0, 4)}00`, offset)
  }

  function holderOf(random: Random, { owners }: LegalForm, region: string): Enterprise['partner'] {
    if (owners === 'partners') return { holder: madeUpPerson(random), ratio: random.pick([0.51, 0.6, 0.7, 0.9]) }
    return owners === 'one' ? null : { holder: parent(random, region), ratio: 0 }
  }

  return {
    premises,
    representative,
    laterName: (index, version) =>
      firmName(of.firms.at(index, version), cityOf(regionOf(index)), drawIndustry(of.lines.at(index)).trade),
    phone: (index, version) => madeUpPhone(of.phones.at(index, version)),
    subject: (index) => subject(index, regionOf(index)),
    risk: (index, line = drawIndustry(of.lines.at(index))) => risks(index, line),
    equipment({ index, line, region }) {
      if (!line.equipment) return []
      const random = of.equipment.at(index)
      const year = random.between(2008, 2024)
      const units = random.between(1, line.code === '7020' ? 8 : 2)
      return Array.from({ length: units }, (_, unit) => `31${region}${year}${index % 1e6}${unit + 1}`)
    },
    enterprise(index, region = regionOf(index)) {
      const random = of.firms.at(index)
      const line = drawIndustry(of.lines.at(index))
      const its = form(index)
      const code = madeUpCreditCode(index, region, offset, its.prefix)
      const capital = Math.round(drawCapital(random) * its.capital)
      return {
        index,
        code,
        line,
        industry: line.code,
        region,
        name: firmName(random, cityOf(region), line.trade, its.suffix),
        form: its,
        capital,
        paidIn: random.chance(PAID_IN) ? Math.round(capital * random.pick(PAID_SHARES)) : null,
        contributionYears: random.between(1, 5),
        phone: madeUpPhone(of.phones.at(index)),
        email: random.chance(WITH_EMAIL) ? `contact@${code}.example` : null,
        partner: holderOf(random, its, region),
        agent: random.chance(BY_AGENT) ? agent(region, drawAgent(random)) : null,
      }
    },
  }
}
