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
  make(id: string): Draft
}

const YEARS = 12
const WEEKS = YEARS * 52
const WEEK_MS = 7 * DAY_MS

/** The registrations of the population over twelve years, in order of time; the nearer, the denser. */
export function* pastRegistrations(population: Population, size: number, seed: string, start: number): Generator<Past> {
  const random = streams(seed, 'past registrations').at(0)
  const origin = weekStart(start) - WEEKS * WEEK_MS
  for (let index = 0; index < size; index++) {
    const weeks = WEEKS * Math.sqrt((index + random.next()) / size)
    const time = afterWeeks(RHYTHMS.office, origin, weeks)
    const make = () =>
      registered(population.enterprise(index), population.representative(index, 0), population.premises(index, 0))
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
