import { formatTime } from '../../model/time.ts'
import { Agenda } from '../agenda.ts'
import { type CloudEvent, type Draft, SOURCES, type SourceName, type Told } from '../cloud-event.ts'
import { type Random, streams } from '../random.ts'
import { createStamp } from '../stamp.ts'
import { createLateness } from './lateness.ts'
import { createOutageDelay, outagesOf } from './outages.ts'

/** What the truth says of a source that was silent. Times are RFC 3339 in +08:00; `to` is exclusive. */
export interface FaultRecord {
  readonly kind: 'outage'
  readonly source: string
  readonly from: string
  readonly to: string
}

/** Something that has happened, and what its source will say of it. */
export interface Occurrence {
  readonly source: SourceName
  readonly time: number
  readonly draft: Draft
  readonly event: CloudEvent
  readonly prompt: boolean
}

/** The ways of real feeds: late, silent for days, twice, corrected. */
export interface Faults {
  readonly records: readonly FaultRecord[]
  /** In order of telling; occurrences come in order of time. Everything is told in the end, as long as time goes on. */
  tell(occurrences: Iterable<Occurrence>): Generator<Told>
}

export interface FaultOptions {
  readonly seed: string
  /** Mark of the simulation, for the ids of corrections. */
  readonly run: string
  /** Outages lie in [from, to). */
  readonly from: number
  readonly to: number
}

const TWICE = 0.003
const REUSED = 0.0001
const REPLACED = 0.002
const RETRACTED = 0.001
const SOON_MS = 3_600_000
const LATER_MS = 20 * 86_400_000

/** Feeds that tell everything at once, once. */
export const NO_FAULTS: Faults = {
  records: [],
  *tell(occurrences) {
    for (const { time, event } of occurrences) yield { at: time, event }
  },
}

/**
 * Feeds as they are:
 *
 *     happens ──late by type──> told ──an outage?──> its end
 *                                 ├── 3 in 1,000: sent again within the hour; 1 in 10,000 with other content
 *                                 ├── 2 in 1,000: replaced by a corrected event (`retracts`) within three weeks
 *                                 └── 1 in 1,000: withdrawn (`event.retracted`)
 *
 * Planted incidents (`prompt`) are told at once and left alone.
 */
export function createFaults({ seed, run, from, to }: FaultOptions): Faults {
  const outages = outagesOf(seed, from, to)
  const chances = streams(seed, 'faults')

  function* tell(occurrences: Iterable<Occurrence>): Generator<Told> {
    const random = chances.at(0)
    const late = createLateness()
    const delayed = createOutageDelay(outages)
    const stamp = createStamp(run, 'K')
    const waiting = new Agenda<CloudEvent>()
    const toldAt = (source: SourceName, time: number) => delayed(source, late(source, time, random))
    for (const { source, time, draft, event, prompt } of occurrences) {
      yield* due(waiting, time)
      const at = prompt ? time : toldAt(source, time)
      waiting.note(at, event)
      if (prompt) continue
      for (const more of echoes(random, source, at, time, draft, event, stamp)) waiting.note(more.at, more.event)
    }
    yield* due(waiting, Number.POSITIVE_INFINITY)
  }

  return {
    records: outages.map((outage) => ({
      kind: 'outage',
      source: SOURCES[outage.source].source,
      from: formatTime(outage.from),
      to: formatTime(outage.to),
    })),
    tell,
  }
}

function* due(waiting: Agenda<CloudEvent>, until: number): Generator<Told> {
  for (let at = waiting.soonest; at !== undefined && at <= until; at = waiting.soonest) {
    const next = waiting.take()
    if (next !== undefined) yield { at: next.time, event: next.item }
  }
}

function* echoes(
  random: Random,
  source: SourceName,
  at: number,
  time: number,
  draft: Draft,
  event: CloudEvent,
  stamp: ReturnType<typeof createStamp>,
): Generator<Told> {
  const chance = random.next()
  if (chance < TWICE) {
    yield { at: at + Math.floor(random.next() * SOON_MS), event }
  } else if (chance < TWICE + REUSED) {
    yield { at: at + Math.floor(random.next() * SOON_MS), event: { ...event, region: otherRegion(event.region) } }
  } else if (chance < TWICE + REUSED + REPLACED) {
    const corrected = { ...draft, data: corrections(draft), retracts: event.id }
    const mended = stamp(source, time, () => corrected, false)
    if (mended !== null) yield { at: at + Math.floor(random.next() * LATER_MS), event: mended }
  } else if (chance < TWICE + REUSED + REPLACED + RETRACTED) {
    const { subject, region, industry } = draft
    const withdrawn: Draft = {
      ...{ type: 'event.retracted', subject, region, industry, retracts: event.id },
      data: { reason: random.pick(['重复录入', '录入错误', '经复核撤销']) },
    }
    const when = at + Math.floor(random.next() * LATER_MS)
    const told = stamp(source, when, () => withdrawn, false)
    if (told !== null) yield { at: when, event: told }
  }
}

/** The same with another amount or text, so that the correction says something. */
function corrections({ data }: Draft): Draft['data'] {
  if (typeof data.amount === 'number') return { ...data, amount: data.amount + 100 }
  if (typeof data.capital === 'number') return { ...data, capital: data.capital + 10_000 }
  return typeof data.text === 'string' ? { ...data, text: `${data.text}（更正）` } : data
}

/** A slip of the keyboard that is a county too. */
function otherRegion(region: string): string {
  return region === '140105' ? '140106' : '140105'
}
