import type { EventData, EventType } from '../../model/catalogue/catalogue.ts'
import { type About, type Draft, draft, type SourceName } from '../cloud-event.ts'
import { complaint, type Grievance, identified } from '../complaint.ts'
import { INDUSTRIES, type Industry } from '../industries.ts'
import type { MadeUpPerson } from '../people.ts'
import type { Enterprise } from '../population.ts'
import type { Random } from '../random.ts'
import { registered } from '../registration.ts'
import type { Scene } from './scene.ts'

/** What people in a story do: each tells one event. */

/** An enterprise does, suffers or is found to be something. */
export function tell<T extends EventType>(
  scene: Scene,
  time: number,
  source: SourceName,
  type: T,
  who: About,
  data: EventData<T>,
): void {
  scene.tell(time, source, draft(type, who, data))
}

/** Registers a newcomer of the story in a room of its own; `more` replaces what is written of it. */
export function settle(
  scene: Scene,
  time: number,
  enterprise: Enterprise,
  more: Partial<EventData<'enterprise.registered'>> = {},
): Enterprise {
  const { population } = scene
  const { index, region } = enterprise
  // Made up only when it is told: a story may have hundreds of them, and most stories lie in the future.
  scene.tell(time, 'registry', () => {
    const premises = population.premises(index, 1, region)
    const first = registered(enterprise, population.representative(index, 1), premises, time)
    return { ...first, data: { ...first.data, ...more } }
  })
  return enterprise
}

/** A newcomer with another line of business than chance gave it. */
export function inLine(enterprise: Enterprise, line: Industry): Enterprise {
  return { ...enterprise, line, industry: line.code }
}

/** @throws RangeError when the table has no such line */
export function lineOf(code: string): Industry {
  const line = INDUSTRIES.find((each) => each.code === code)
  if (line === undefined) throw new RangeError(`no line of business ${code}`)
  return line
}

type Change = EventData<'enterprise.changed'>['changes'][number]

export function change(scene: Scene, time: number, who: About, ...changes: Change[]): void {
  tell(scene, time, 'registry', 'enterprise.changed', who, { changes })
}

/** Another representative. */
export const represent = (before: MadeUpPerson, after: MadeUpPerson): Change => ({
  field: 'legalRepresentative',
  before,
  after,
})

/** The first representative of an enterprise of the population. */
export function founderOf(scene: Scene, { index }: Enterprise): MadeUpPerson {
  return scene.population.representative(index, 0)
}

/** Another room in the same county, `number` tells them apart. */
export function roomOf(scene: Scene, { index, region }: Enterprise, number: number): string {
  return scene.population.premises(index, number, region).address
}

/** A consumer complains; one nobody has met before unless given. */
export function complain(
  scene: Scene,
  time: number,
  respondent: Enterprise,
  grievance: Grievance,
  more: Partial<EventData<'complaint.filed'>> & { readonly by?: Partial<MadeUpPerson> } = {},
): void {
  const { by, ...told } = more
  const complainant = by ?? distinct(scene.stranger(), scene.random)
  scene.tell(time, 'consumer', (id) => {
    const first = complaint(respondent, complainant, grievance, id)
    return { ...first, data: { ...first.data, ...told } }
  })
}

/** A name alone may be shared by two in a crowd, who would count as one; every complainant of a story is one more. */
function distinct(person: MadeUpPerson, random: Random): Partial<MadeUpPerson> | undefined {
  const left = identified(person, random)
  return left === undefined || left.phone !== undefined ? left : { name: person.name, phone: person.phone }
}

/** A complaint that is closed later, with its outcome. */
export function complainAndClose(
  scene: Scene,
  filed: number,
  closed: number,
  respondent: Enterprise,
  grievance: Grievance,
  outcome: EventData<'complaint.closed'>['outcome'],
): void {
  // Not the event's id: the one may be told among the years before, the other later, and each is read by itself.
  const number = `12315-${scene.random.between(1e8, 1e9 - 1)}`
  const complainant = distinct(scene.stranger(), scene.random)
  scene.tell(filed, 'consumer', () => complaint(respondent, complainant, grievance, number))
  scene.tell(closed, 'consumer', draft('complaint.closed', respondent, { number, outcome }))
}

/** A draft that is withdrawn later, under the id that it had; both of the burst, since the one is read before the other. */
export function withdrawnLater(
  scene: Scene,
  source: SourceName,
  told: number,
  withdrawn: number,
  what: (id: string) => Draft,
): void {
  let retracts = ''
  scene.tell(told, source, (id) => {
    retracts = id
    return what(id)
  })
  scene.tell(withdrawn, source, () => {
    const { subject, region, industry } = what(retracts)
    return { type: 'event.retracted', subject, region, industry, data: { reason: '经复核撤销' }, retracts }
  })
}
