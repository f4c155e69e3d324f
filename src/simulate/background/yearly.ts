import { businessDay, DAY_MS } from '../../model/time.ts'
import { dateOf, yearOf } from '../calendar.ts'
import { draft, type Happening } from '../cloud-event.ts'
import type { Subject } from '../population.ts'
import { type Random, type Streams, streams } from '../random.ts'
import { officeTimeAfter, RHYTHMS } from '../rhythm.ts'
import { byDay, SEASONS, type Season, yearTotal } from '../seasons.ts'
import { later, type Process, type World } from './process.ts'

/** Share of entities that never report, of those without a bad trait, and how many catch up after being listed. */
const FORGETS = 0.07
const ZOMBIE_FORGETS = 0.9
const CATCHES_UP = 0.3

/** Whether an entity files its annual report of a year in time: a function of both. */
function files({ census }: World, chances: Streams, subject: Subject, year: number): boolean {
  const { trait, causes } = census.risk(subject)
  const forgets =
    trait === 'zombie' || trait === 'shell' ? ZOMBIE_FORGETS : FORGETS * Math.exp(0.5 * causes.supervision - 0.1)
  return !chances.at(subject.index, year).chance(Math.min(0.95, forgets))
}

/** Walks over the population in an order that jumps about, each entity once a round. */
function indexOfTurn(turn: number, size: number): number {
  let stride = Math.max(1, Math.floor(size * 0.618))
  while (gcd(stride, size) !== 1) stride++
  return (turn * stride) % size
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b)
}

/** A round over the whole population, dealt out over the days by a season. */
interface Round {
  readonly name: string
  readonly source: Process['source']
  readonly rhythm: Process['rhythm']
  readonly season: Season
  /** Names the round that a day belongs to: of each year, of each month. */
  roundOf(day: number): number
  /** Sum of the season's factors over a round. */
  total(day: number): number
  tell(world: World, random: Random, subject: Subject, time: number): ReturnType<Happening['happen']>
}

function yearlyRounds(seed: string): Round[] {
  const chances = streams(seed, 'annual reports')
  const reports = SEASONS.annualReports()
  const july = SEASONS.julyBatch()
  return [
    {
      name: 'annual-report',
      source: 'credit',
      rhythm: RHYTHMS.filing,
      season: reports,
      roundOf: yearOf,
      total: (day) => yearTotal(reports, yearOf(day)),
      tell(world, random, subject, time) {
        const year = yearOf(businessDay(time)) - 1
        if (!files(world, chances, subject, year)) return null
        return draft('annual-report.filed', subject, { year, ...figures(random) })
      },
    },
    {
      name: 'no-annual-report',
      source: 'credit',
      rhythm: RHYTHMS.nightly,
      season: july,
      roundOf: yearOf,
      total: (day) => yearTotal(july, yearOf(day)),
      tell(world, random, subject, time) {
        const year = yearOf(businessDay(time)) - 1
        if (files(world, chances, subject, year)) return null
        const reason = 'no-annual-report'
        if (random.chance(CATCHES_UP)) {
          const caughtUp = officeTimeAfter(random, time, random.between(10, 300))
          later(world, caughtUp, 'credit', () => draft('annual-report.filed', subject, { year, ...figures(random) }))
          later(world, caughtUp + DAY_MS, 'credit', () => draft('abnormal-list.left', subject, { reason }))
        }
        return draft('abnormal-list.entered', subject, { reason })
      },
    },
  ]
}

function figures(random: Random): { assets: number; revenue: number; employees: number; insured: number } {
  const employees = Math.floor(random.exponential() * 8)
  const assets = Math.round(400_000 * random.exponential() ** 2)
  return { assets, revenue: Math.round(assets * random.exponential()), employees, insured: Math.min(employees, 6) }
}

/** Monthly tables of the tax office and of social insurance: a row an entity. */
function monthlyRounds(): Round[] {
  const season = SEASONS.monthlyBatch()
  const common = {
    rhythm: RHYTHMS.nightly,
    season,
    roundOf: (day: number) => yearOf(day) * 12 + dateOf(day).month,
    total: () => 5,
  }
  return [
    {
      ...common,
      name: 'tax-table',
      source: 'tax',
      tell({ census }, random, subject) {
        const zombie = census.risk(subject).trait === 'zombie'
        const status = zombie || random.chance(0.06) ? 'none' : random.chance(0.03) ? 'arrears' : 'normal'
        return draft('tax.reported', subject, { status })
      },
    },
    {
      ...common,
      name: 'insurance-table',
      source: 'insurance',
      tell({ census }, random, subject) {
        const zombie = census.risk(subject).trait === 'zombie'
        return draft('insurance.reported', subject, { insured: zombie ? 0 : Math.floor(random.exponential() * 8) })
      },
    },
  ]
}

/** The licence system delivers its full table every month, under new ids: what does not differ says nothing new. */
function licenceTable(seed: string): Round {
  const season = SEASONS.monthlyBatch()
  const of = streams(seed, 'licence table')
  return {
    name: 'licence-table',
    source: 'licence',
    rhythm: RHYTHMS.nightly,
    season,
    roundOf: (day) => yearOf(day) * 12 + dateOf(day).month,
    total: () => 5,
    tell(_, _random, subject) {
      const random = of.at(subject.index)
      if (!subject.line.food || random.chance(0.3)) return null
      const validUntil = `${random.between(2027, 2031)}-${String(random.between(1, 12)).padStart(2, '0')}-28`
      return draft('licence.granted', subject, { number: `JY${subject.code}`, kind: '食品经营许可', validUntil })
    },
  }
}

/**
 * What happens to everybody once a year or once a month, whatever the rate: annual reports with their rush in June, the
 * list of those who did not file in July, and, if wanted, the monthly tables of other departments.
 *
 * A round that has begun before the simulation is taken up where it would be by then.
 */
export function roundProcesses(
  seed: string,
  size: number,
  start: number,
  wanted: { readonly monthly: boolean; readonly resent: boolean },
): Process[] {
  const rounds = [
    ...yearlyRounds(seed),
    ...(wanted.monthly ? monthlyRounds() : []),
    ...(wanted.resent ? [licenceTable(seed)] : []),
  ]
  return rounds.map((round) => {
    let current = Number.NaN
    let turn = 0
    let share = 0
    return {
      name: round.name,
      source: round.source,
      rhythm: round.rhythm,
      // One turn an entity and round: the season's factors of the round add up to its total.
      season: byDay((day) => round.season(day) / (round.total(day) || 1)),
      perDay: size,
      happen(world, random, time) {
        const day = businessDay(time)
        if (round.roundOf(day) !== current) {
          current = round.roundOf(day)
          share = firstShare(round, day)
          turn = Math.floor(share * size)
        }
        if (turn >= size) return null
        const index = indexOfTurn(turn++, size)
        if (!world.census.has(index)) return null
        return round.tell(world, random, world.census.subject(index), time)
      },
    }
  })

  /** How much of a round has passed before the simulation starts; 0 for later rounds. */
  function firstShare(round: Round, day: number): number {
    const first = businessDay(start)
    if (round.roundOf(first) !== round.roundOf(day)) return 0
    let sum = 0
    for (let at = first - 1; round.roundOf(at) === round.roundOf(day); at--) sum += round.season(at)
    return sum / round.total(day)
  }
}
