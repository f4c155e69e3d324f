import type { Premises } from './addresses.ts'
import type { MadeUpPerson } from './people.ts'
import type { Enterprise, Population, Subject } from './population.ts'
import type { Random } from './random.ts'

/** How often what can change has changed since registration. */
interface Versions {
  representative: number
  room: number
  phone: number
  capital: number
}
const UNCHANGED: Readonly<Versions> = { representative: 0, room: 0, phone: 0, capital: 0 }

/** An enterprise as it is now. */
export interface Standing {
  readonly enterprise: Enterprise
  readonly representative: MadeUpPerson
  readonly premises: Premises
  readonly phone: string
  /** Yuan. */
  readonly capital: number
}

const TRIES = 40

/**
 * Who is there now: the population is a function of the seed, so only what has happened to it is remembered (newcomers
 * by their number, changes, exits).
 */
export class Census {
  readonly #population: Population
  readonly #changed = new Map<number, Versions>()
  readonly #gone = new Set<number>()
  /** Enterprises to which chance does nothing: incidents and busy respondents have them for themselves. */
  readonly #kept: ReadonlySet<number>
  #size: number

  constructor(population: Population, size: number, kept: ReadonlySet<number>) {
    this.#population = population
    this.#size = size
    this.#kept = kept
  }

  /** Counts one more enterprise in and gives its number. */
  enter(): number {
    return this.#size++
  }

  leave(index: number): void {
    this.#gone.add(index)
    this.#changed.delete(index)
  }

  /** One thing of an enterprise changes; `standing` tells the new state from now on. */
  change(index: number, what: keyof Versions): void {
    const versions = this.#changed.get(index) ?? { ...UNCHANGED }
    versions[what]++
    this.#changed.set(index, versions)
  }

  standing(index: number): Standing {
    const versions = this.#changed.get(index) ?? UNCHANGED
    const enterprise = this.#population.enterprise(index)
    return {
      enterprise,
      representative: this.#population.representative(index, versions.representative),
      premises: this.#population.premises(index, versions.room),
      phone: this.#population.phone(index, versions.phone),
      capital: enterprise.capital * (versions.capital + 1),
    }
  }

  /** Any living enterprise that is left to chance; null when none is found soon (a tiny population may have run out). */
  draw(random: Random): Subject | null {
    for (let tries = 0; tries < TRIES; tries++) {
      const index = random.between(0, this.#size - 1)
      if (!this.#gone.has(index) && !this.#kept.has(index)) return this.#population.subject(index)
    }
    return null
  }
}
