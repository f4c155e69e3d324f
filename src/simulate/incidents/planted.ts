import type { Happening } from '../cloud-event.ts'
import type { Enterprise, Population, Subject } from '../population.ts'
import type { Random } from '../random.ts'
import type { Incident } from '../truth.ts'
import type { Course } from './course.ts'
import type { PlannedIncident } from './plan.ts'

/** An incident with its place and people: what is known of it, and everything that will happen. */
export interface Planted {
  readonly truth: Incident
  readonly happenings: readonly { readonly time: number; readonly happening: Happening }[]
}

/** What an incident is made from. */
export interface Occasion {
  readonly id: string
  readonly plan: PlannedIncident
  readonly random: Random
  readonly population: Population
  course(hours: { from: number; to: number; workdaysOnly: boolean }): Course
  /** The index-th enterprise of this incident's own, registered by nobody else; 0 to 999. */
  newcomer(index: number): number
  /** An enterprise of the population that fits and that nothing else happens to; null when there is none left. */
  reserve(fits: (subject: Subject) => boolean): Enterprise | null
  truth(course: Course, facts: Facts): Incident
}

/** What an incident itself knows for its ground truth. */
export interface Facts extends Pick<Incident, 'key' | 'name' | 'region' | 'enterprises' | 'level'> {
  /** Which event (from 0) first fulfils the trigger; null: none. */
  readonly tripsAt: number | null
}
