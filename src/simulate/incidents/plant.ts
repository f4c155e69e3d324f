import { formatTime } from '../../model/time.ts'
import type { Population, Subject } from '../population.ts'
import { streams } from '../random.ts'
import { INCIDENT_KINDS, type Incident, type IncidentKind } from '../truth.ts'
import { complaintSurge, serialClaimant } from './complaints.ts'
import { courseOf } from './course.ts'
import type { PlannedIncident } from './plan.ts'
import type { Occasion, Planted } from './planted.ts'
import { clusterRegistration, massRegistration } from './registrations.ts'

/** Newcomers of incidents are numbered from here, where the routine never comes; a thousand numbers an incident. */
const NEWCOMERS_FROM = 600_000_000
const NEWCOMERS_EACH = 1_000
/** Most of a population that incidents may have for themselves. */
const MOST_RESERVED = 0.25
const TRIES = 400

const PLANTERS: Record<IncidentKind, (occasion: Occasion) => Planted | null> = {
  'mass-registration': massRegistration,
  'cluster-registration': clusterRegistration,
  'complaint-surge': complaintSurge,
  'serial-claimant': serialClaimant,
}

interface Frame {
  readonly seed: string
  readonly population: Population
  /** Size of the population at the start. */
  readonly size: number
  /** Nothing is earlier; meeting with the wall clock; what is earlier is history. Epoch milliseconds. */
  readonly start: number
  readonly now: number
  readonly liveFrom: number
}

/**
 * Gives each planned incident its place and people. One that finds no enterprise left to happen to (a population of a
 * few dozen) is left out.
 */
export function plant(plans: readonly PlannedIncident[], frame: Frame): { planted: Planted[]; reserved: Set<number> } {
  const { seed, population, size, start, now, liveFrom } = frame
  const reserved = new Set<number>()
  const incidents = streams(seed, 'incidents')
  const most = Math.max(1, Math.floor(size * MOST_RESERVED))

  const planted = plans.map((plan, number) => {
    const random = incidents.at(number)
    const id = `${plan.kind}-${number + 1}`
    return PLANTERS[plan.kind]({
      id,
      plan,
      random,
      population,
      course: (hours) => courseOf(plan, hours, random, start, now),
      newcomer: (index) => NEWCOMERS_FROM + number * NEWCOMERS_EACH + index,
      reserve(fits) {
        if (reserved.size >= most) return null
        let any: Subject | null = null
        for (let tries = 0; tries < TRIES; tries++) {
          const index = random.between(0, size - 1)
          if (reserved.has(index)) continue
          any = population.subject(index)
          if (fits(any)) break
        }
        if (any === null) return null
        reserved.add(any.index)
        return population.enterprise(any.index)
      },
      truth(course, { tripsAt, ...facts }): Incident {
        const trips = tripsAt === null ? undefined : course.times[tripsAt]
        return {
          id,
          kind: plan.kind,
          ...INCIDENT_KINDS[plan.kind],
          ...facts,
          events: course.times.length,
          begins: formatTime(course.times[0] ?? now),
          trips: trips === undefined ? null : formatTime(trips),
          peaks: formatTime(course.peak),
          ends: formatTime(course.times.at(-1) ?? now),
          judged: trips === undefined || trips >= liveFrom,
        }
      },
    })
  })
  return { planted: planted.filter((incident) => incident !== null), reserved }
}
