import type { Agenda } from '../agenda.ts'
import type { Census } from '../census.ts'
import type { Draft, Happening, SourceName } from '../cloud-event.ts'
import type { Random } from '../random.ts'
import type { Rhythm } from '../rhythm.ts'
import type { HiddenRisk, RiskGroup } from '../risk.ts'
import type { Season } from '../seasons.ts'

/** What a process may look at and act on. */
export interface World {
  readonly census: Census
  /** Things that follow from others are noted here, never earlier than the present. */
  readonly agenda: Agenda<Happening>
}

/** A kind of thing that goes on for ever, by chance, with a rhythm. */
export interface Process extends Pick<Happening, 'source'> {
  readonly name: string
  readonly rhythm: Rhythm
  readonly season?: Season
  /** Mean number a day over a whole ordinary week. */
  readonly perDay: number
  happen(world: World, random: Random, time: number, id: string): ReturnType<Happening['happen']>
}

/** Something that follows from what has just happened. */
export function later(world: World, time: number, source: SourceName, make: (id: string) => Draft | null): void {
  world.agenda.note(time, { source, happen: (_, id) => make(id) })
}

/** How readily something bad happens to an enterprise, 0 to 1: about a fifth for most, five times that for the worst. */
export function proneness(risk: HiddenRisk, group?: RiskGroup): number {
  const cause = group === undefined ? risk.latent : risk.causes[group]
  return Math.min(1, 0.2 * Math.exp(0.7 * cause))
}
