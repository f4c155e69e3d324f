import { DAY_MS } from '../model/time.ts'
import type { Draft, SourceName } from './cloud-event.ts'
import type { Population } from './population.ts'
import { streams } from './random.ts'
import { registered } from './registration.ts'
import { afterWeeks, RHYTHMS, weekStart } from './rhythm.ts'

/** Something that happened before the simulation starts. */
export interface Past {
  readonly source: SourceName
  readonly time: number
  make(id: string): Draft | null
}

const YEARS = 12
const WEEKS = YEARS * 52
const WEEK_MS = 7 * DAY_MS

/** When the population was registered: over twelve years, the nearer, the denser; a function of index, in its order. */
export function createRegistrationTimes(size: number, seed: string, start: number): (index: number) => number {
  const jitter = streams(seed, 'past registrations')
  const origin = weekStart(start) - WEEKS * WEEK_MS
  return (index) => afterWeeks(RHYTHMS.office, origin, WEEKS * Math.sqrt((index + jitter.at(index).next()) / size))
}

/** How many of the population, from the first on, were registered so many years before the start or earlier. */
export function olderThan(years: number, size: number): number {
  return Math.max(0, Math.floor(size * Math.max(0, 1 - (years * 52 + 1) / WEEKS) ** 2))
}

/** The registrations of the population in order of time. */
export function* pastRegistrations(population: Population, size: number, seed: string, start: number): Generator<Past> {
  const timeOf = createRegistrationTimes(size, seed, start)
  for (let index = 0; index < size; index++) {
    const time = timeOf(index)
    const make = () =>
      registered(population.enterprise(index), population.representative(index, 0), population.premises(index, 0), time)
    yield { source: 'registry', time, make }
  }
}

/** Two pasts as one, in order of time; of two at the same time the first one's comes first. */
export function* inOrder(first: Iterator<Past>, second: Iterator<Past>): Generator<Past> {
  let a = first.next()
  let b = second.next()
  while (!a.done || !b.done) {
    if (!a.done && (b.done || a.value.time <= b.value.time)) {
      yield a.value
      a = first.next()
    } else if (!b.done) {
      yield b.value
      b = second.next()
    }
  }
}
