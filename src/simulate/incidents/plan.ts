import { type Static, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import type { Random } from '../random.ts'
import { CAREER_NAMES, type CareerName } from './careers.ts'
import { STORIES, STORY_NAMES, type StoryName } from './stories/stories.ts'

/** One of each story. */
const EACH = '*'
const KINDS: readonly string[] = [...STORY_NAMES, ...CAREER_NAMES, EACH]

const Entry = Type.Object(
  {
    kind: Type.Union(KINDS.map((kind) => Type.Literal(kind))),
    /** When its burst begins, in seconds from the meeting with the wall clock ("now"); negative: in history. */
    at: Type.Number({ minimum: -4e8, maximum: 4e8 }),
    /** Events in all, where the kind leaves that open. */
    size: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
    /** Length of the burst in seconds. */
    lasts: Type.Optional(Type.Number({ minimum: 1, maximum: 30 * 86_400 })),
    /** Of its events, those that come quietly in the three days before the burst. */
    before: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000 })),
    /** So many of them, each `every` seconds after the one before. */
    times: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
    every: Type.Optional(Type.Number({ minimum: 0, maximum: 4e8 })),
  },
  { additionalProperties: false },
)
const IncidentFile = Type.Object({ incidents: Type.Array(Entry, { maxItems: 10_000 }) })

/** An incident, or a career of them, before it has a place and people. */
export interface PlannedIncident extends Pick<Static<typeof Entry>, 'at' | 'size' | 'lasts' | 'before'> {
  readonly kind: StoryName | CareerName
}

/** Most incidents that a file may come to. */
const MOST = 20_000

/**
 * Reads a file of incidents: `{"incidents":[{"kind":"complaint-surge","at":30,"size":12,"lasts":60,"before":2}]}`. What is
 * left out is as usual for the kind; `"kind":"*"` is one of each; `times` and `every` repeat.
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
  if (!Value.Check(IncidentFile, file)) {
    const fault = Value.Errors(IncidentFile, file).First()
    const kinds = fault?.path.endsWith('/kind') ? `one of ${KINDS.join(', ')}` : fault?.message
    throw new RangeError(`the file of incidents is wrong at ${fault?.path || '/'}: ${kinds}`)
  }
  const planned = file.incidents.flatMap(expanded)
  if (planned.length > MOST) throw new RangeError(`the file of incidents comes to more than ${MOST} incidents`)
  return planned
}

function expanded({ kind, at, times = 1, every = 0, ...rest }: Static<typeof Entry>): PlannedIncident[] {
  const kinds = kind === EACH ? STORY_NAMES : [kind as StoryName]
  return Array.from({ length: times }, (_, number) => number).flatMap((number) =>
    kinds.map((each) => ({ kind: each, at: at + number * every, ...rest })),
  )
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
 * The plan unless a file gives another. The times are chosen for whoever starts a demo: of the first kinds one is ready to
 * trip a few seconds after the meeting with the wall clock, a decoy of each follows, then one incident a minute, later
 * fewer, for a fortnight; every kind there is has its turn. In history every four days some run their course unjudged,
 * and every forty days a household ends its career.
 *
 *     now ──5s── addresses ──8s── surge ──12s── changes ──30s── cluster ──45s── claimant ──70s── ... one a minute ...
 */
export function defaultPlan(random: Random, historyDays: number): PlannedIncident[] {
  const plan: PlannedIncident[] = []
  const turns = createTurns(random)
  for (let day = 4; day < historyDays - 1; day += 4) {
    const at = -day * DAY
    plan.push({ kind: 'mass-registration', at, size: random.between(5, 15), lasts: 3 * DAY, before: 0 })
    plan.push({ kind: 'complaint-surge', at: at + 0.4 * DAY, size: random.between(8, 30), lasts: 2.5 * DAY, before: 0 })
    plan.push({ kind: turns.incident(), at: at + 0.45 * DAY }, { kind: turns.decoy(), at: at + 0.5 * DAY })
    if (day % 40 === 0) plan.push({ kind: turns.career(), at: at + 0.42 * DAY })
  }
  plan.push(
    { kind: 'mass-registration', at: 5, size: 9, lasts: 40, before: 3 },
    { kind: 'complaint-surge', at: 8, size: 12, lasts: 45, before: 3 },
    { kind: 'revolving-representative', at: 12, lasts: 5 },
    { kind: 'triple-change', at: 20, lasts: 5 },
    { kind: 'cluster-registration', at: 30, size: 12, lasts: 30, before: 3 },
    { kind: 'serial-claimant', at: 45, size: 10, lasts: 40, before: 3 },
  )
  let number = 0
  for (let at = 70; at < FORTNIGHT; at += pause(at)) plan.push(nextIncident(random, turns, at, number++))
  return plan
}

type Turns = ReturnType<typeof createTurns>

function nextIncident(random: Random, turns: Turns, at: number, number: number): PlannedIncident {
  const common = { at, lasts: random.between(40, 120) }
  switch (number % 6) {
    case 0: {
      const red = number % 18 === 0
      const size = red ? random.between(22, 25) : random.between(6, 15)
      return { ...common, kind: 'mass-registration', size, before: random.between(2, 4) }
    }
    case 1:
      return { ...common, kind: 'complaint-surge', size: random.between(8, 40), before: random.between(1, 3) }
    case 4:
      return { ...common, kind: 'cluster-registration', size: random.between(8, 15), before: 3 }
    case 5:
      return { ...common, kind: turns.decoy() }
    default:
      return { ...common, kind: turns.incident() }
  }
}

/** All kinds in an order of chance, again and again. */
function createTurns(random: Random) {
  const round = <T>(items: readonly T[]) => {
    const shuffled = [...items]
    for (let last = shuffled.length - 1; last > 0; last--) {
      const other = random.between(0, last)
      ;[shuffled[last], shuffled[other]] = [shuffled[other] as T, shuffled[last] as T]
    }
    let next = 0
    return () => shuffled[next++ % shuffled.length] as T
  }
  return {
    incident: round(STORY_NAMES.filter((name) => !STORIES[name].decoy)),
    decoy: round(STORY_NAMES.filter((name) => STORIES[name].decoy)),
    career: round(CAREER_NAMES),
  }
}
