import type { Draft, Happening, SourceName } from '../cloud-event.ts'
import type { MadeUpPerson } from '../people.ts'
import type { Enterprise, Population, Subject } from '../population.ts'
import type { Random } from '../random.ts'
import type { Course, Hours } from './course.ts'

/** Where and when a story plays, and whom it may be about. */
export interface Scene {
  readonly random: Random
  readonly population: Population
  /** Events that the plan wants, where the kind leaves it open. */
  readonly size: number
  /** First instant of the burst, epoch milliseconds: what comes before is the past of the story. */
  readonly burst: number
  /** Quiet days, then the burst: all of the plan's events. */
  course(hours: Hours): Course
  /** So many moments of the burst, in order. */
  times(count: number): readonly number[]
  /** A moment in office hours of a workday, so many days before the burst (the workday before that, from a fortnight on). */
  ago(days: number): number
  /** The same so many days after the first moment of the burst. */
  on(days: number): number
  /** The index-th enterprise of this story's own, registered by nobody else; 0 to 999. */
  newcomer(index: number, region?: string): Enterprise
  /** An enterprise of the population, some years old, that fits and that nothing else happens to; null: none is left. */
  reserve(fits?: (subject: Subject) => boolean): Enterprise | null
  /** Somebody nobody has met before. */
  stranger(birthYear?: number): MadeUpPerson
  tell(time: number, source: SourceName, what: Draft | ((id: string) => Draft)): void
}

export const OFFICE: Hours = { from: 9, to: 17, workdaysOnly: true }
export const EVENINGS: Hours = { from: 17, to: 23, workdaysOnly: false }

export type IncidentLevel = 'blue' | 'yellow' | 'orange' | 'red'

/** What a detector counts by. A person's key is their made-up ID number, a phone's its number: pseudonyms are the door's. */
export interface IncidentKey {
  readonly kind: 'enterprise' | 'address' | 'person' | 'phone' | 'agent' | 'equipment' | 'area'
  readonly key: string
}

/** What a story comes to. */
export interface Outcome {
  readonly key: IncidentKey
  /** The enterprise's name, the room, who it is about. */
  readonly name: string
  readonly region: string
  /** Credit codes concerned. */
  readonly enterprises: readonly string[]
  /** The level it should reach; null: quiet. */
  readonly level: IncidentLevel | null
  /** When the trigger is first fulfilled, epoch milliseconds; null: never. */
  readonly trips: number | null
  /** When harm peaks; some days after it trips unless given. */
  readonly peak?: number
  /** When the verdict no longer holds because its events were withdrawn. */
  readonly withdrawn?: number
  /** Codes of other detectors that may as well speak of the same enterprises. */
  readonly also?: readonly string[]
}

/** A kind of incident: what it is, for which detector, and how it goes. */
export interface Story {
  /** Code of the detector that should speak, or for a decoy must not. */
  readonly code: string
  readonly decoy: boolean
  /** In one line, for people. */
  readonly about: string
  /** Unless the plan says otherwise. */
  readonly size: number
  /** Seconds that its burst lasts, and how many of its events come quietly before, unless the plan says otherwise. */
  readonly lasts: number
  readonly before: number
  /** Days from the trip until harm would peak if nobody acted. */
  readonly harmDays: number
  /** Where its moment is not for the plan to choose: the first possible one at or after the business day wished for. */
  readonly day?: (wished: number) => number
  play(scene: Scene): Outcome | null
}

type Play = Story['play']
type More = Partial<Pick<Story, 'size' | 'lasts' | 'before' | 'harmDays' | 'day'>>
const USUAL = { size: 1, lasts: 60, before: 0, harmDays: 30 }

export function incident(code: string, about: string, play: Play, more: More = {}): Story {
  return { code, about, decoy: false, ...USUAL, ...more, play }
}

/** What looks alike and is no reason to worry: the detector must stay quiet. */
export function decoy(code: string, about: string, play: Play, more: More = {}): Story {
  return { code, about, decoy: true, ...USUAL, ...more, play }
}

/** An outcome about one enterprise. */
export function about(enterprise: Enterprise, level: Outcome['level'], trips: number | null | undefined): Outcome {
  const { code, name, region } = enterprise
  return { key: { kind: 'enterprise', key: code }, name, region, enterprises: [code], level, trips: trips ?? null }
}

/** A happening of a story: told at once whatever befalls the feeds. */
export interface Planned {
  readonly time: number
  readonly happening: Happening
}
