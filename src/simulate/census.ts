import type { Premises } from './addresses.ts'
import type { MadeUpPerson } from './people.ts'
import type { Enterprise, Population, Subject } from './population.ts'
import type { Random } from './random.ts'
import { firstShareholders, restOf, type Shareholder } from './registration.ts'
import type { HiddenRisk } from './risk.ts'

/** How often what can change has changed since registration. */
interface Versions {
  representative: number
  room: number
  phone: number
  capital: number
  name: number
  scope: number
  shares: number
}
const UNCHANGED: Readonly<Versions> = { representative: 0, room: 0, phone: 0, capital: 0, name: 0, scope: 0, shares: 0 }

/** An enterprise as it is now. */
export interface Standing {
  readonly enterprise: Enterprise
  readonly representative: MadeUpPerson
  readonly premises: Premises
  readonly phone: string
  /** Yuan. */
  readonly capital: number
  readonly name: string
  readonly scope: string
  readonly shareholders: Shareholder[]
}

const TRIES = 40
/** People who come in as shareholders are numbered from here among those of an enterprise. */
const NEW_HOLDERS_FROM = 1_000
const NEW_RATIOS = [0.4, 0.9, 0.7, 0.51] as const
const ADDED_SCOPE = [
  '技术咨询服务',
  '会议及展览服务',
  '日用品销售',
  '广告设计、代理',
  '仓储服务',
  '货物进出口',
] as const

/**
 * Who is there now: the population is a function of the seed, so only what has happened to it is remembered (newcomers
 * by their number, changes, moves, exits).
 */
export class Census {
  readonly #population: Population
  readonly #changed = new Map<number, Versions>()
  readonly #moved = new Map<number, string>()
  readonly #gone = new Set<number>()
  /** Enterprises to which chance does nothing: incidents and busy respondents have them for themselves. */
  readonly #kept: ReadonlySet<number>
  readonly #initial: number
  #size: number

  constructor(population: Population, size: number, kept: ReadonlySet<number>) {
    this.#population = population
    this.#initial = size
    this.#size = size
    this.#kept = kept
  }

  /** How many there were at the start. */
  get initial(): number {
    return this.#initial
  }

  /** Counts one more enterprise in and gives its number. */
  enter(): number {
    return this.#size++
  }

  leave(index: number): void {
    this.#gone.add(index)
    this.#changed.delete(index)
    this.#moved.delete(index)
  }

  /** Whether chance may do something to an enterprise: it has not left, and nobody has it for himself. */
  has(index: number): boolean {
    return !this.#gone.has(index) && !this.#kept.has(index)
  }

  /** One thing of an enterprise changes; `standing` tells the new state from now on. */
  change(index: number, what: keyof Versions): void {
    const versions = this.#changed.get(index) ?? { ...UNCHANGED }
    versions[what]++
    this.#changed.set(index, versions)
  }

  /** It moves to another county, into another room. */
  move(index: number, region: string): void {
    this.#moved.set(index, region)
    this.change(index, 'room')
  }

  subject(index: number): Subject {
    const subject = this.#population.subject(index)
    const region = this.#moved.get(index)
    return region === undefined ? subject : { ...subject, region }
  }

  risk(subject: Subject): HiddenRisk {
    return this.#population.risk(subject.index, subject.line)
  }

  equipment(subject: Subject): readonly string[] {
    return this.#population.equipment(this.#population.subject(subject.index))
  }

  standing(index: number): Standing {
    const versions = this.#changed.get(index) ?? UNCHANGED
    const enterprise = this.#population.enterprise(index)
    const added = ADDED_SCOPE.slice(0, versions.scope % (ADDED_SCOPE.length + 1))
    return {
      enterprise,
      representative: this.#population.representative(index, versions.representative),
      premises: this.#population.premises(index, versions.room, this.#moved.get(index)),
      phone: this.#population.phone(index, versions.phone),
      capital: enterprise.capital * (versions.capital + 1),
      name: versions.name === 0 ? enterprise.name : this.#population.laterName(index, versions.name),
      shareholders: this.#shareholders(enterprise, versions.shares),
      scope: [enterprise.line.scope, ...added].join('；'),
    }
  }

  /** With each change a newcomer holds a part, at first most often a large one. */
  #shareholders(enterprise: Enterprise, version: number): Shareholder[] {
    const founder = this.#population.representative(enterprise.index, 0)
    if (version === 0) return firstShareholders(enterprise, founder)
    const newcomer = this.#population.representative(enterprise.index, NEW_HOLDERS_FROM + version)
    const ratio = NEW_RATIOS[version % NEW_RATIOS.length] as number
    return [
      { holder: founder, ratio },
      { holder: newcomer, ratio: restOf(ratio) },
    ]
  }

  /** Any living enterprise that is left to chance; null when none is found soon (a tiny population may have run out). */
  draw(random: Random): Subject | null {
    for (let tries = 0; tries < TRIES; tries++) {
      const index = random.between(0, this.#size - 1)
      if (this.has(index)) return this.subject(index)
    }
    return null
  }

  /** A living enterprise, the likelier the greater its weight. @param weight 0 to 1 */
  drawWeighted(random: Random, weight: (subject: Subject) => number): Subject | null {
    for (let tries = 0; tries < 2 * TRIES; tries++) {
      const subject = this.draw(random)
      if (subject === null || random.chance(weight(subject))) return subject
    }
    return null
  }
}
