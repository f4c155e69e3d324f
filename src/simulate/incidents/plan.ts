import { type Static, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import type { Random } from '../random.ts'
import { INCIDENT_KINDS, type IncidentKind } from '../truth.ts'

const Kind = Type.Union((Object.keys(INCIDENT_KINDS) as IncidentKind[]).map((kind) => Type.Literal(kind)))

const Planned = Type.Object(
  {
    kind: Kind,
    /** When its burst begins, in seconds from the meeting with the wall clock ("now"); negative: in history. */
    at: Type.Number({ minimum: -4e8, maximum: 4e8 }),
    /** Events in all. */
    size: Type.Integer({ minimum: 1, maximum: 1_000 }),
    /** Length of the burst in seconds. */
    lasts: Type.Number({ minimum: 1, maximum: 30 * 86_400 }),
    /** Of its events, those that come quietly in the three days before the burst. */
    before: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000 })),
  },
  { additionalProperties: false },
)
const IncidentFile = Type.Object({ incidents: Type.Array(Planned, { maxItems: 10_000 }) })

/** An incident before it has a place and people. */
export type PlannedIncident = Omit<Static<typeof Planned>, 'kind'> & { readonly kind: IncidentKind }

/**
 * Reads a file of incidents: `{"incidents":[{"kind":"complaint-surge","at":30,"size":12,"lasts":60,"before":2}]}`.
 *
 * @throws RangeError that names the first wrong member and what is allowed
 */
export function readIncidentFile(text: string): PlannedIncident[] {
  let file: unknown
  try {
    file = JSON.parse(text)
  } catch {
    throw new RangeError('the file of incidents is not JSON')
  }
  if (Value.Check(IncidentFile, file)) return file.incidents as PlannedIncident[]
  const fault = Value.Errors(IncidentFile, file).First()
  const kinds = fault?.path.endsWith('/kind') ? `one of ${Object.keys(INCIDENT_KINDS).join(', ')}` : fault?.message
  throw new RangeError(`the file of incidents is wrong at ${fault?.path || '/'}: ${kinds}`)
}

const MINUTE = 60
const HOUR = 3_600
const DAY = 86_400
const FORTNIGHT = 14 * DAY

/** In the demo something must be seen at once; who watches for hours wants less. */
function pause(sinceNow: number): number {
  if (sinceNow < 10 * MINUTE) return MINUTE
  return sinceNow < 2 * HOUR ? 5 * MINUTE : HOUR
}

/**
 * The plan unless a file gives another. The times are chosen for whoever starts a demo: of each kind one is ready to trip
 * a few seconds after the meeting with the wall clock, a decoy of each kind follows, then one incident a minute, later
 * fewer, for a fortnight. In history every four days one of each kind runs its course unjudged.
 *
 *     now ──5s── addresses ──8s── surge ──30s── cluster ──45s── claimant ──70s── ... one a minute ...
 */
export function defaultPlan(random: Random, historyDays: number): PlannedIncident[] {
  const plan: PlannedIncident[] = []
  for (let day = 4; day < historyDays - 1; day += 4) {
    plan.push({ kind: 'mass-registration', at: -day * DAY, size: random.between(5, 15), lasts: 3 * DAY })
    plan.push({ kind: 'complaint-surge', at: -day * DAY + 0.4 * DAY, size: random.between(8, 30), lasts: 2.5 * DAY })
  }
  plan.push(
    { kind: 'mass-registration', at: 5, size: 9, lasts: 40, before: 3 },
    { kind: 'complaint-surge', at: 8, size: 12, lasts: 45, before: 3 },
    { kind: 'cluster-registration', at: 30, size: 12, lasts: 30, before: 3 },
    { kind: 'serial-claimant', at: 45, size: 10, lasts: 40, before: 3 },
  )
  let number = 0
  for (let at = 70; at < FORTNIGHT; at += pause(at)) plan.push(nextIncident(random, at, number++))
  return plan
}

function nextIncident(random: Random, at: number, number: number): PlannedIncident {
  const common = { at, lasts: random.between(40, 120) }
  if (number % 6 === 4) return { ...common, kind: 'cluster-registration', size: random.between(8, 15), before: 3 }
  if (number % 6 === 5) return { ...common, kind: 'serial-claimant', size: random.between(8, 15), before: 2 }
  if (number % 2 === 1) {
    return { ...common, kind: 'complaint-surge', size: random.between(8, 40), before: random.between(1, 3) }
  }
  const size = number % 6 === 2 ? random.between(22, 25) : random.between(6, 15)
  return { ...common, kind: 'mass-registration', size, before: random.between(2, 4) }
}
