import type { Agenda } from '../agenda.ts'
import type { Census } from '../census.ts'
import type { Happening } from '../cloud-event.ts'
import type { Random } from '../random.ts'
import type { Rhythm } from '../rhythm.ts'

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
  /** Mean number a day over a whole week. */
  readonly perDay: number
  happen(world: World, random: Random, time: number, id: string): ReturnType<Happening['happen']>
}
