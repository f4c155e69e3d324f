import { businessDay, businessDayStart } from '../../../src/model/time.ts'
import type { CloudEvent } from '../../../src/simulate/cloud-event.ts'
import type { IncidentLevel } from '../../../src/simulate/incidents/scene.ts'
import type { Incident } from '../../../src/simulate/truth.ts'

type Person = { name?: string; idNumber?: string; phone?: string }
type Change = { field: string; before: never; after: never }

/** What triggers look at in `data`: everything optional, because a trigger picks the type first. */
export interface Data {
  readonly [member: string]: unknown
  readonly name?: string
  readonly kind?: string
  readonly capital?: number
  readonly paidIn?: number
  readonly contributionDue?: string
  readonly address?: string
  readonly addressKind?: string
  readonly legalRepresentative?: Person
  readonly shareholders?: { holder: Person | string; ratio: number }[]
  readonly phone?: string
  readonly agent?: { key: string }
  readonly stateOwned?: boolean
  readonly changes?: Change[]
  readonly complainant?: Person
  readonly person?: Person
  readonly issue?: string
  readonly amount?: number
  readonly injury?: boolean
  readonly number?: string
  readonly outcome?: string
  readonly reason?: string
  readonly until?: string
  readonly ratio?: number
  readonly channel?: string
  readonly insured?: number
  readonly status?: string
  readonly year?: number
  readonly assets?: number
  readonly revenue?: number
  readonly decision?: string
  readonly fine?: number
  readonly due?: string
  readonly measures?: string[]
  readonly plan?: string
  readonly result?: string
  readonly rectifyBy?: string
  readonly role?: string
  readonly category?: string
  readonly product?: string
  readonly objection?: string
  readonly items?: { hazard: string }[]
  readonly validUntil?: string
  readonly code?: string
  readonly nextDue?: string
  readonly public?: boolean
  readonly maintainer?: string
  readonly item?: string
  readonly price?: number
}

/** An event as a trigger sees it. */
export interface Seen {
  readonly time: number
  readonly day: number
  readonly type: string
  readonly subject: string
  readonly region: string
  readonly industry: string
  readonly id: string
  readonly data: Data
}

/** All that has been told up to a moment, without windows or state worth the name. */
export class View {
  readonly #all: Seen[] = []
  readonly #bySubject = new Map<string, Seen[]>()
  /** Epoch milliseconds. */
  at = 0

  get day(): number {
    return businessDay(this.at)
  }

  read(event: CloudEvent): void {
    const time = Date.parse(event.time)
    this.at = time
    if (event.type === 'event.retracted') {
      this.#drop(event.retracts ?? '')
      return
    }
    const { type, subject = '', region, industry = '', id } = event
    const seen = { time, day: businessDay(time), type, subject, region, industry, id, data: event.data as Data }
    this.#all.push(seen)
    const own = this.#bySubject.get(subject)
    if (own === undefined) this.#bySubject.set(subject, [seen])
    else own.push(seen)
  }

  #drop(id: string): void {
    for (const list of [this.#all, ...this.#bySubject.values()]) {
      const at = list.findIndex((seen) => seen.id === id)
      if (at >= 0) list.splice(at, 1)
    }
  }

  all(...types: string[]): Seen[] {
    return this.#all.filter(({ type }) => types.includes(type))
  }

  of(subject: string, ...types: string[]): Seen[] {
    return (this.#bySubject.get(subject) ?? []).filter(({ type }) => types.includes(type))
  }

  /** Those of the last so many days, today included. */
  recent(seen: readonly Seen[], days: number): Seen[] {
    return seen.filter(({ day }) => day > this.day - days && day <= this.day)
  }
}

/** The catalogue's default trigger of one code: what level it has now for the incident's key, null for none. */
export type Trigger = (view: View, incident: Incident) => IncidentLevel | null

const ORDER: readonly IncidentLevel[] = ['blue', 'yellow', 'orange', 'red']
export function worse(a: IncidentLevel | null, b: IncidentLevel | null): IncidentLevel | null {
  if (a === null || b === null) return a ?? b
  return ORDER.indexOf(a) >= ORDER.indexOf(b) ? a : b
}

/** When a trigger spoke first, what the worst was, and when it last fell silent. */
export interface Heard {
  readonly first: number | null
  readonly level: IncidentLevel | null
  readonly silent: number | null
}

const DAY_MS = 86_400_000

/** Asks a trigger after every event and at every midnight of the weeks around the incident. */
export function listen(events: Iterable<CloudEvent>, incident: Incident, trigger: Trigger, last: number): Heard {
  const view = new View()
  const around = Date.parse(incident.trips ?? incident.ends)
  const begins = Date.parse(incident.begins)
  let midnight = businessDayStart(businessDay(Math.max(Math.min(begins, around), around - 40 * DAY_MS)) - 1)
  let heard: Heard = { first: null, level: null, silent: null }
  const ask = () => {
    const level = trigger(view, incident)
    heard = {
      first: heard.first ?? (level === null ? null : view.at),
      level: worse(heard.level, level),
      silent: level !== null ? null : (heard.silent ?? (heard.first === null ? null : view.at)),
    }
  }
  const midnights = (until: number) => {
    for (; midnight <= until && midnight <= around + 40 * DAY_MS; midnight += DAY_MS) {
      view.at = midnight
      ask()
    }
  }
  for (const event of events) {
    const time = Date.parse(event.time)
    if (time > last) break
    if (time < begins) {
      view.read(event)
      continue
    }
    midnights(time)
    view.read(event)
    ask()
  }
  midnights(last)
  return heard
}
