import { businessDay, businessDayStart, DAY_MS, formatTime, HOUR_MS } from '../../model/time.ts'
import type { Population } from '../population.ts'
import { streams } from '../random.ts'
import type { Incident } from '../truth.ts'
import { CAREERS, type CareerName } from './careers.ts'
import type { Timing } from './course.ts'
import { DETECTORS } from './detectors.ts'
import type { PlannedIncident } from './plan.ts'
import type { Outcome, Planned, Story } from './scene.ts'
import { type Cast, createStage, type Lead } from './stage.ts'
import { STORIES, type StoryName } from './stories/stories.ts'

/** Most of a population that incidents may have for themselves. */
const MOST_RESERVED = 0.25

interface Frame {
  readonly seed: string
  readonly population: Population
  /** Size of the population at the start. */
  readonly size: number
  /** Start of the simulation; meeting with the wall clock; what is earlier is history. Epoch milliseconds. */
  readonly start: number
  readonly now: number
  readonly liveFrom: number
}

/** An incident with its place and people: what is known of it, and everything that will happen. */
export interface PlantedIncident {
  readonly truth: Incident
  readonly happenings: readonly Planned[]
}

/** One incident of a plan, or one chapter of a career. */
interface Part {
  readonly id: string
  readonly kind: StoryName
  readonly career: CareerName | null
  readonly number: number
  readonly chapter: number
  readonly lead: Lead | null
  readonly wish: PlannedIncident
}

/**
 * Gives each planned incident its place and people. One that finds no enterprise left to happen to (a small population may
 * have no filling station) is left out.
 */
export function plant(plans: readonly PlannedIncident[], frame: Frame) {
  const reserved = new Set<number>()
  const cast: Cast = { ...frame, reserved, most: Math.max(1, Math.floor(frame.size * MOST_RESERVED)) }
  const planted: PlantedIncident[] = []
  for (const [number, wish] of plans.entries()) {
    for (const part of partsOf(wish, number)) {
      const incident = play(part, cast, frame)
      if (incident !== null) planted.push(incident)
    }
  }
  return { planted, reserved }
}

/** A career's last chapter comes first: it is the one that is choosy about whom it happens to. */
function partsOf(wish: PlannedIncident, number: number): Part[] {
  const id = `${wish.kind}-${number + 1}`
  if (!isCareer(wish.kind)) return [{ id, kind: wish.kind, career: null, number, chapter: 0, lead: null, wish }]
  const career = wish.kind
  const lead: Lead = { enterprise: null }
  const parts = CAREERS[career].chapters.map(({ story, daysBefore }, chapter) => ({
    id: `${id}.${chapter + 1}`,
    kind: story,
    career,
    number,
    chapter,
    lead,
    wish: { kind: story, at: wish.at - daysBefore * 86_400 },
  }))
  const foundsItsOwn = parts[0]?.kind === 'mass-registration' || parts[0]?.kind === 'agent-burst'
  return foundsItsOwn ? parts : parts.reverse()
}

function isCareer(kind: PlannedIncident['kind']): kind is CareerName {
  return Object.hasOwn(CAREERS, kind)
}

function play(part: Part, cast: Cast, { seed, start, now, liveFrom }: Frame): PlantedIncident | null {
  const story: Story = STORIES[part.kind]
  const random = streams(seed, 'incidents').at(part.number, part.chapter)
  const timing = timingOf(story, part, start, now)
  const from = Math.min(start, timing.burst)
  const stage = createStage(cast, random, timing, { ...part, start: from })
  const outcome = story.play(stage.scene)
  if (outcome === null) return null
  const happenings = stage.planned.toSorted((a, b) => a.time - b.time)
  return { truth: truthOf(part, story, outcome, happenings, { now, liveFrom }), happenings }
}

function timingOf(story: Story, { wish, career }: Part, start: number, now: number): Timing {
  const wished = now + wish.at * 1_000
  const burst = career === null ? Math.max(start, wished) : wished
  const { size = story.size, lasts = story.lasts, before = story.before } = wish
  const day = businessDay(burst)
  const due = story.day?.(day) ?? day
  return { burst: due === day ? burst : businessDayStart(due) + 10 * HOUR_MS, size, lasts, before }
}

function truthOf(
  { id, kind, career }: Part,
  story: Story,
  outcome: Outcome,
  happenings: readonly Planned[],
  { now, liveFrom }: Pick<Frame, 'now' | 'liveFrom'>,
): Incident {
  const { key, name, region, enterprises, level, trips, withdrawn, also } = outcome
  const begins = happenings[0]?.time ?? now
  const ends = happenings.at(-1)?.time ?? now
  return {
    id,
    kind,
    career,
    about: story.about,
    detector: DETECTORS[story.code] ?? '',
    code: story.code,
    decoy: story.decoy,
    key,
    name,
    region,
    enterprises,
    events: happenings.length,
    begins: formatTime(begins),
    trips: trips === null ? null : formatTime(trips),
    peaks: formatTime(outcome.peak ?? (trips ?? ends) + story.harmDays * DAY_MS),
    ends: formatTime(ends),
    withdrawn: withdrawn === undefined ? null : formatTime(withdrawn),
    level,
    judged: trips === null || trips >= liveFrom,
    also: also ?? [],
  }
}
