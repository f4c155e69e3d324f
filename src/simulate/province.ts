import { DAY_MS, HOUR_MS } from '../model/time.ts'
import { Agenda } from './agenda.ts'
import { type BusyRespondents, chooseBusyRespondents, pastComplaints } from './background/busy-respondents.ts'
import { capitalProcesses } from './background/capital.ts'
import { complaintProcess, publicProcesses } from './background/complaints.ts'
import { enforcementProcesses } from './background/enforcement.ts'
import { interfaceProcesses } from './background/interfaces.ts'
import { marketProcesses } from './background/market.ts'
import type { Process, World } from './background/process.ts'
import { registryProcesses } from './background/registry.ts'
import { safetyProcesses } from './background/safety.ts'
import { supervisionProcesses } from './background/supervision.ts'
import { roundProcesses } from './background/yearly.ts'
import { Census } from './census.ts'
import type { CloudEvent, Draft, Happening, Told } from './cloud-event.ts'
import { createFaults, type FaultRecord, NO_FAULTS, type Occurrence } from './faults/faults.ts'
import { defaultPlan, type PlannedIncident } from './incidents/plan.ts'
import { plant } from './incidents/plant.ts'
import { inOrder, type Past, pastRegistrations } from './past.ts'
import { createPopulation } from './population.ts'
import { streams } from './random.ts'
import { arrivals, RHYTHMS } from './rhythm.ts'
import type { HiddenRisk } from './risk.ts'
import { SEASONS } from './seasons.ts'
import { createStamp, runMark } from './stamp.ts'
import type { Incident } from './truth.ts'
import { volumesOf } from './volumes.ts'

/** What a province is a function of. */
export interface ProvinceOptions {
  readonly seed: string
  /** Size of the population at the start: 1 to 400 million. */
  readonly enterprises: number
  /** Routine events a simulated second, mean over a whole week; 0: incidents only. */
  readonly rate: number
  /** Days of history from `start` to now, fractions allowed. */
  readonly days: number
  /** Epoch milliseconds; `start + days` is now, the meeting with the wall clock. */
  readonly start: number
  /** Planted incidents; those of the default plan unless given. */
  readonly incidents?: readonly PlannedIncident[]
  /** `even`: no day, no night, no weekend. Default `daily`. */
  readonly rhythm?: 'daily' | 'even'
  /** What is earlier is backfill, epoch milliseconds; an hour before now unless given. */
  readonly liveFrom?: number
  /** Sole traders and cooperatives beside the enterprises; default none. */
  readonly soleTraders?: number
  /** Tables of all entities that other departments deliver each month; default false. */
  readonly monthlyTables?: boolean
  /** `usual`: feeds are late, silent, repeat and correct themselves. Default `none`. */
  readonly faults?: 'none' | 'usual'
}

/**
 * A province in small. Same options, same events, byte for byte: however fast they are read, and whenever. Both
 * iterables may be read again from the beginning.
 */
export interface Province {
  /** Registration of the population in the years before, and the past complaints of busy respondents: all backfill. */
  initial(): Iterable<CloudEvent>
  /** From `start` on, in order of telling, without end; what is told before `liveFrom` is backfill. */
  told(): Iterable<Told>
  /** The same without saying when: without faults in order of time. */
  events(): Iterable<CloudEvent>
  readonly truth: readonly Incident[]
  readonly faults: readonly FaultRecord[]
  /** The hidden risk of the index-th entity of the population (0 to `entities` - 1), for the truth. */
  hidden(index: number): { readonly code: string; readonly region: string; readonly risk: HiddenRisk }
  readonly entities: number
  /** First instant, and the meeting with the wall clock; epoch milliseconds. */
  readonly start: number
  readonly now: number
  /** About how many events come before `start`, and from `start` to now. */
  readonly expected: { readonly initial: number; readonly history: number }
}

/** Outages are known so far beyond the meeting with the wall clock. */
const FORESIGHT_MS = 60 * DAY_MS

/** @throws RangeError for an option out of its range */
export function createProvince(options: ProvinceOptions): Province {
  const { seed, enterprises, rate, days, start } = options
  if (!Number.isInteger(enterprises) || enterprises < 1 || enterprises > 4e8)
    throw new RangeError('enterprises must be a whole number from 1 to 400000000')
  if (!(rate >= 0 && rate <= 1e6)) throw new RangeError('rate must be from 0 to 1000000 events a second')
  if (!(days >= 0 && days <= 3_650)) throw new RangeError('days must be from 0 to 3650')
  if (!Number.isInteger(start)) throw new RangeError('start must be whole milliseconds')
  const soleTraders = options.soleTraders ?? 0
  if (!Number.isInteger(soleTraders) || soleTraders < 0 || enterprises + soleTraders > 4e8)
    throw new RangeError('sole-traders must be a whole number from 0 to 400000000 less the enterprises')
  const size = enterprises + soleTraders
  const now = Math.floor(start + days * DAY_MS)
  const liveFrom = options.liveFrom ?? now - HOUR_MS
  const even = options.rhythm === 'even'
  const monthly = options.monthlyTables ?? false
  const plans = options.incidents ?? defaultPlan(streams(seed, 'plan').at(0), days)

  const population = createPopulation(seed, soleTraders / size)
  const { planted, reserved } = plant(plans, { seed, population, size, start, now, liveFrom })
  const volumes = volumesOf(rate * 86_400, size)
  const busy = chooseBusyRespondents(population, size, seed, volumes.complaint, (index) => !reserved.has(index))
  const consumers = streams(seed, 'consumers')
  const { rhythm = 'daily', faults: feeds = 'none' } = options
  const run = runMark({ seed, enterprises, soleTraders, rate, days, start, rhythm, monthly, feeds, plans })
  const faults = feeds === 'none' ? NO_FAULTS : createFaults({ seed, run, from: start, to: now + FORESIGHT_MS })

  /** Without faults the time of telling is known when the event is made. */
  const prompt = feeds === 'none'

  function* initial(): Generator<CloudEvent> {
    const stamp = createStamp(run, 'P')
    const past: Past[] = planted.flatMap(({ happenings }) =>
      happenings
        .filter(({ time }) => time < start)
        .map(({ time, happening }) => ({
          source: happening.source,
          time,
          make: (id: string) => happening.happen(time, id),
        })),
    )
    past.sort((a, b) => a.time - b.time)
    const known = inOrder(
      pastRegistrations(population, size, seed, start),
      pastComplaints(busy, seed, consumers, start),
    )
    for (const { source, time, make } of inOrder(known, past.values())) {
      const event = stamp(source, time, make, true)
      if (event !== null) yield event
    }
  }

  /** Everything from `start` on in order of time. */
  function* occurrences(): Generator<Occurrence> {
    const stamp = createStamp(run, '')
    const agenda = new Agenda<Happening>()
    const kept = new Set([...reserved, ...busy.indexes])
    const world: World = { agenda, census: new Census(population, size, kept) }
    for (const process of processes(busy)) setGoing(process, world)
    for (const { happenings } of planted) {
      for (const { time, happening } of happenings) if (time >= start) agenda.note(time, happening)
    }
    for (let next = agenda.take(); next !== undefined; next = agenda.take()) {
      const { time, item } = next
      let draft: Draft | null = null
      const event = stamp(item.source, time, (id) => (draft = item.happen(time, id)), prompt && time < liveFrom)
      if (event === null || draft === null) continue
      yield { source: item.source, time, draft, event, prompt: item.prompt === true }
    }
  }

  function* told(): Generator<Told> {
    for (const { at, event } of faults.tell(occurrences())) {
      yield { at, event: at < liveFrom && !prompt ? asBackfill(event) : event }
    }
  }

  function* events(): Generator<CloudEvent> {
    for (const { event } of told()) yield event
  }

  function processes(respondents: BusyRespondents): Process[] {
    const rhythms = even ? RHYTHMS.even : undefined
    const season = even ? SEASONS.none() : undefined
    return [
      ...registryProcesses(volumes, rhythms),
      ...capitalProcesses(volumes, rhythms),
      complaintProcess(volumes.complaint, respondents, consumers, rhythms, season),
      ...publicProcesses(volumes, rhythms, season),
      ...supervisionProcesses(volumes, rhythms),
      ...enforcementProcesses(volumes, rhythms),
      ...safetyProcesses(volumes, rhythms),
      ...marketProcesses(volumes, rhythms),
      ...interfaceProcesses(volumes, rhythms),
      ...(even ? [] : roundProcesses(seed, size, start, { monthly, resent: feeds === 'usual' })),
    ]
  }

  /** Each arrival notes the next one, so the agenda holds one entry a process and what follows from the past. */
  function setGoing(process: Process, world: World): void {
    const random = streams(seed, `process ${process.name}`)
    const season = even ? undefined : process.season
    const times = arrivals(random.at(0), process.rhythm, process.perDay, start, season)
    const details = random.at(1)
    const note = () => {
      const next = times.next()
      if (!next.done) world.agenda.note(next.value, happening)
    }
    const happening: Happening = {
      source: process.source,
      happen(time, id) {
        note()
        return process.happen(world, details, time, id)
      },
    }
    note()
  }

  return {
    initial,
    told,
    events,
    truth: planted.map(({ truth }) => truth),
    faults: faults.records,
    entities: size,
    hidden(index) {
      const { code, region, line } = population.subject(index)
      return { code, region, risk: population.risk(index, line) }
    },
    start,
    now,
    expected: { initial: size + Math.round(busy.perWeek * 13), history: Math.round(rate * 86_400 * days) },
  }
}

/** The extension before `data`, as in what sources send. */
function asBackfill({ data, ...event }: CloudEvent): CloudEvent {
  return { ...event, backfill: true, data }
}
