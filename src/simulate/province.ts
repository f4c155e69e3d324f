import { DAY_MS, HOUR_MS } from '../model/time.ts'
import { Agenda } from './agenda.ts'
import { type BusyRespondents, chooseBusyRespondents, pastComplaints } from './background/busy-respondents.ts'
import { complaintProcess } from './background/complaints.ts'
import { interfaceProcesses } from './background/interfaces.ts'
import type { Process, World } from './background/process.ts'
import { registryProcesses } from './background/registry.ts'
import { supervisionProcesses } from './background/supervision.ts'
import { Census } from './census.ts'
import type { CloudEvent, Happening } from './cloud-event.ts'
import { defaultPlan, type PlannedIncident } from './incidents/plan.ts'
import { plant } from './incidents/plant.ts'
import { inOrder, pastRegistrations } from './past.ts'
import { createPopulation } from './population.ts'
import { streams } from './random.ts'
import { arrivals, RHYTHMS } from './rhythm.ts'
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
}

/**
 * A province in small. Same options, same events, byte for byte: however fast they are read, and whenever. Both
 * iterables may be read again from the beginning.
 */
export interface Province {
  /** Registration of the population in the years before, and the past complaints of busy respondents: all backfill. */
  initial(): Iterable<CloudEvent>
  /** From `start` on, in order of time, without end; what is earlier than `liveFrom` is backfill. */
  events(): Iterable<CloudEvent>
  readonly truth: readonly Incident[]
  /** First instant, and the meeting with the wall clock; epoch milliseconds. */
  readonly start: number
  readonly now: number
  /** About how many events come before `start`, and from `start` to now. */
  readonly expected: { readonly initial: number; readonly history: number }
}

/** @throws RangeError for an option out of its range */
export function createProvince(options: ProvinceOptions): Province {
  const { seed, enterprises, rate, days, start } = options
  if (!Number.isInteger(enterprises) || enterprises < 1 || enterprises > 4e8)
    throw new RangeError('enterprises must be a whole number from 1 to 400000000')
  if (!(rate >= 0 && rate <= 1e6)) throw new RangeError('rate must be from 0 to 1000000 events a second')
  if (!(days >= 0 && days <= 3_650)) throw new RangeError('days must be from 0 to 3650')
  if (!Number.isInteger(start)) throw new RangeError('start must be whole milliseconds')
  const now = Math.floor(start + days * DAY_MS)
  const liveFrom = options.liveFrom ?? now - HOUR_MS
  const plans = options.incidents ?? defaultPlan(streams(seed, 'plan').at(0), days)

  const population = createPopulation(seed)
  const { planted, reserved } = plant(plans, { seed, population, size: enterprises, start, now, liveFrom })
  const volumes = volumesOf(rate * 86_400, enterprises)
  const busy = chooseBusyRespondents(population, enterprises, seed, volumes.complaint, (index) => !reserved.has(index))
  const consumers = streams(seed, 'consumers')
  const run = runMark({ seed, enterprises, rate, days, start, rhythm: options.rhythm ?? 'daily', plans })

  function* initial(): Generator<CloudEvent> {
    const stamp = createStamp(run, 'P')
    const registrations = pastRegistrations(population, enterprises, seed, start)
    for (const { source, time, make } of inOrder(registrations, pastComplaints(busy, seed, consumers, start))) {
      const event = stamp(source, time, make, true)
      if (event !== null) yield event
    }
  }

  function* events(): Generator<CloudEvent> {
    const stamp = createStamp(run, '')
    const agenda = new Agenda<Happening>()
    const kept = new Set([...reserved, ...busy.indexes])
    const world: World = { agenda, census: new Census(population, enterprises, kept) }
    for (const process of processes(busy)) setGoing(process, world)
    for (const { happenings } of planted) for (const { time, happening } of happenings) agenda.note(time, happening)
    for (let next = agenda.take(); next !== undefined; next = agenda.take()) {
      const { time, item } = next
      const event = stamp(item.source, time, (id) => item.happen(time, id), time < liveFrom)
      if (event !== null) yield event
    }
  }

  function processes(respondents: BusyRespondents): Process[] {
    const even = options.rhythm === 'even' ? RHYTHMS.even : undefined
    return [
      ...registryProcesses(volumes, even),
      complaintProcess(volumes.complaint, respondents, consumers, even),
      ...supervisionProcesses(volumes, even),
      ...interfaceProcesses(volumes, even),
    ]
  }

  /** Each arrival notes the next one, so the agenda holds one entry a process and what follows from the past. */
  function setGoing(process: Process, world: World): void {
    const random = streams(seed, `process ${process.name}`)
    const times = arrivals(random.at(0), process.rhythm, process.perDay, start)
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
    events,
    truth: planted.map(({ truth }) => truth),
    start,
    now,
    expected: { initial: enterprises + Math.round(busy.perWeek * 13), history: Math.round(rate * 86_400 * days) },
  }
}
