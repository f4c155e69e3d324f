import { businessDay, businessDayStart, DAY_MS, HOUR_MS } from '../../model/time.ts'
import { workdayFrom, workdayUpTo } from '../calendar.ts'
import { olderThan } from '../past.ts'
import { madeUpPerson } from '../people.ts'
import { type Enterprise, NEWCOMERS_FROM, type Population, type Subject } from '../population.ts'
import type { Random } from '../random.ts'
import { burstOf, courseOf, type Timing } from './course.ts'
import { OFFICE, type Planned, type Scene } from './scene.ts'

/** A thousand numbers of newcomers an incident; the last hundred are those of agents and other bystanders. */
const NEWCOMERS_EACH = 1_000
const BYSTANDERS_FROM = 900
/** Of a career's chapters each has some of them. */
const NEWCOMERS_A_CHAPTER = 150
/** An enterprise that something happens to is at least so old, for its past to have room. */
const YEARS_OLD = 3
/** So many days back the day matters more than whether it was a workday: windows are short there. */
const EXACT_DAYS = 14
const TRIES = 400
const MOST_SCANNED = 20_000
const DAYTIME = { ...OFFICE, workdaysOnly: false }

/** Who is already spoken for. */
export interface Cast {
  readonly population: Population
  /** Size of the population. */
  readonly size: number
  readonly reserved: Set<number>
  /** Most of the population that incidents may have for themselves. */
  readonly most: number
}

/** Who plays the main part in a career: the first that is reserved, or the first newcomer. */
export interface Lead {
  enterprise: Enterprise | null
}

export interface Stage {
  readonly scene: Scene
  readonly planned: readonly Planned[]
}

/**
 * A scene for one incident: chance of its own, moments, people.
 *
 * @param number of the plan, and of the chapter within a career @param start nothing of a course is earlier
 */
export function createStage(
  cast: Cast,
  random: Random,
  timing: Timing,
  place: { readonly number: number; readonly chapter: number; readonly lead: Lead | null; readonly start: number },
): Stage {
  const { population } = cast
  const { number, chapter, lead, start } = place
  const planned: Planned[] = []
  const moments = new Map<number, number>()

  const scene: Scene = {
    random,
    population,
    size: timing.size,
    burst: timing.burst,
    course: (hours) => courseOf(timing, hours, random, start),
    times: (count) => burstOf({ ...timing, size: count }, DAYTIME, random, start),
    ago(days) {
      const known = moments.get(days)
      if (known !== undefined) return known
      const exact = businessDay(timing.burst - days * DAY_MS)
      const day = days < EXACT_DAYS ? exact : workdayUpTo(exact)
      const moment = businessDayStart(day) + Math.floor(hourOf(days, random) * HOUR_MS)
      moments.set(days, moment)
      return moment
    },
    on(days) {
      const day = workdayFrom(businessDay(timing.burst + days * DAY_MS))
      return businessDayStart(day) + Math.floor((9 + 8 * random.next()) * HOUR_MS)
    },
    newcomer(index, region) {
      const own = index < BYSTANDERS_FROM ? chapter * NEWCOMERS_A_CHAPTER + index : index
      const enterprise = population.enterprise(NEWCOMERS_FROM + number * NEWCOMERS_EACH + own, region)
      if (lead !== null && index === 0) lead.enterprise ??= enterprise
      return enterprise
    },
    reserve(fits = () => true) {
      const known = lead?.enterprise ?? null
      if (known !== null && fits(known)) return known
      const found = reserve(cast, random, fits)
      if (lead !== null) lead.enterprise ??= found
      return found
    },
    stranger: (birthYear) => madeUpPerson(random, birthYear),
    tell(time, source, what) {
      const happen = typeof what === 'function' ? (_: number, id: string) => what(id) : () => what
      planned.push({ time, happening: { source, happen, prompt: true } })
    },
  }
  return { scene, planned }
}

/** Office hours; of two moments that fall on one workday the one that is longer ago is earlier. */
function hourOf(days: number, random: Random): number {
  return 9 + 7.8 * (1 - (days % 64) / 64) + 0.1 * random.next()
}

function reserve(cast: Cast, random: Random, fits: (subject: Subject) => boolean): Enterprise | null {
  const { population, size, reserved, most } = cast
  if (reserved.size >= most) return null
  const old = Math.max(1, olderThan(YEARS_OLD, size))
  const found = (index: number): boolean => !reserved.has(index) && fits(population.subject(index))
  const take = (index: number): Enterprise => {
    reserved.add(index)
    return population.enterprise(index)
  }
  for (let tries = 0; tries < TRIES; tries++) {
    const index = random.between(0, old - 1)
    if (found(index)) return take(index)
  }
  const first = random.between(0, old - 1)
  for (let step = 0; step < Math.min(old, MOST_SCANNED); step++) {
    const index = (first + step) % old
    if (found(index)) return take(index)
  }
  return null
}
