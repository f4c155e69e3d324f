import { setTimeout as sleep } from 'node:timers/promises'
import { type Random, streams, weighted } from '../../src/simulate/random.ts'
import { eventually, startService } from '../support/service.ts'
import type { SmallDisk } from '../support/small-disk.ts'
import { alerts, settled } from '../support/world.ts'
import { createServiceClock } from './clock.ts'
import { compareAlerts, compareFeed, compareLog, compareNotes, compareStore } from './compare.ts'
import type { Fault } from './faults/fault.ts'
import { type Follower, follow } from './follower.ts'
import { createOfficer } from './officer.ts'
import { readOffline } from './offline.ts'
import { createSender } from './sender.ts'
import { createSource } from './traffic.ts'
import { openLog, runtimeOf, type World, wellAgain } from './world.ts'

export interface CampaignOptions {
  readonly seed: string
  readonly faults: readonly Fault[]
  /** Each fault comes once in the order given, else they are drawn by weight until the time is over. */
  readonly duration: 'each-once' | { readonly minutes: number }
  /** How long a fault that lasts should last, milliseconds. */
  readonly longMs: number
  /** Most events of a request of the live traffic, and the pause between two. */
  readonly pace: { readonly batch: number; readonly pauseMs: number }
  readonly shards?: number
  /** Where the service keeps its data; its own place for the fault that fills it up. */
  readonly disk?: SmallDisk | null
  readonly tell: (line: string) => void
}

/** One fault, or two at once, and how long the service took to be well again. */
interface Step {
  readonly names: string
  readonly lastedMs: number
  readonly recoveryMs: number
}

export interface CampaignReport {
  readonly steps: readonly Step[]
  readonly events: number
  readonly requests: number
  readonly refused: ReadonlyMap<string, number>
  readonly unanswered: number
  readonly alerts: number
  readonly terms: number
  readonly figures: readonly string[]
  /** Empty when every promise was kept. */
  readonly differences: readonly string[]
}

const SENDERS = 3
const FOLLOWERS = 2
/** Long enough for traffic to flow between two faults. */
const CALM_MS = 1_500
const SETTLED_WITHIN_MS = 300_000
/** A long campaign compares in between as well: a difference is found near its cause. */
const COMPARE_EVERY_MS = 180_000

/**
 * A service under traffic, faults one after the other (some two at once), and in the end the comparison of everything
 * that can be seen with what the stored log says by itself.
 */
export async function runCampaign(options: CampaignOptions): Promise<CampaignReport> {
  const { seed, tell } = options
  const randomOf = (label: string) => streams(seed, label).at(0)
  const clock = createServiceClock()
  const env = { YUJING_SHARDS: String(options.shards ?? 2), ...clock.env }
  const { disk = null } = options
  const service = await startService({ env, nodeArgs: clock.nodeArgs, ...(disk && { under: disk.path }) })
  const sender = createSender(service)
  const world: World = {
    service,
    sender,
    clock,
    disk,
    made: new Map(),
    refused: new Map(),
    differences: [],
    figures: [],
  }
  const followers = Array.from({ length: FOLLOWERS }, (_, at) => follow(service, randomOf(`follower ${at}`)))
  const officer = createOfficer(service, randomOf('officer'))
  const steps: Step[] = []
  const differences = () => [
    ...world.differences,
    ...sender.differences,
    ...followers.flatMap((one) => one.differences),
  ]
  let rounds = 0
  let sum = { alerts: 0, terms: 0 }

  /** Traffic and faults until `until` has no more, then quiet and a comparison. */
  async function round(next: () => readonly Fault[] | null, random: Random): Promise<void> {
    rounds += 1
    const over = new AbortController()
    const traffic = Array.from({ length: SENDERS }, (_, at) => {
      const name = `/chaos/live-${rounds}-${at}`
      const source = createSource(name, randomOf(name), { now: clock.now })
      return sender
        .run(source, randomOf(`${name} pace`), over.signal, options.pace)
        .then(() => world.made.set(name, source.made))
    })
    const office = officer.run(over.signal)
    try {
      for (let faults = next(); faults !== null; faults = next()) {
        await sleep(CALM_MS)
        await oneStep(faults, random)
      }
      await sleep(CALM_MS)
    } finally {
      over.abort()
    }
    await Promise.all([...traffic, office])
    await wellAgain(world)
    await settled(service, SETTLED_WITHIN_MS)
    await compare()
  }

  async function oneStep(faults: readonly Fault[], random: Random): Promise<void> {
    const names = faults.map(({ name }) => name).join(' + ')
    tell(`${names} ...`)
    const started = performance.now()
    await Promise.all(faults.map((fault) => fault.run(world, random, options.longMs)))
    const lastedMs = performance.now() - started
    if (!service.alive()) throw new Error(`the service ended by itself after: ${names}\n${service.tail().join('\n')}`)
    const recoveryMs = await wellAgain(world)
    steps.push({ names, lastedMs, recoveryMs })
    tell(`${names}: ${seconds(lastedMs)}, well again after ${seconds(recoveryMs)}; ${sender.accepted} events taken`)
  }

  async function compare(): Promise<void> {
    // Evidence whose events were not to be found at first is completed when the store has them.
    await eventually(
      'evidence that is whole',
      async () => (await alerts(service)).every(({ evidence }) => evidence.eventsPending === 0),
      SETTLED_WITHIN_MS,
    ).catch((error: Error) => world.differences.push(error.message))
    const shown = await alerts(service)
    const head = Math.max(0, ...shown.map(({ revision }) => revision))
    await eventually('followers that have seen the head', async () =>
      followers.every(({ offset }) => offset >= head),
    ).catch((error: Error) => world.differences.push(error.message))
    const log = await openLog(world)
    const offline = await readOffline(log).finally(() => log.close())
    world.differences.push(
      ...compareLog(offline, world.made),
      ...(await compareStore(offline, runtimeOf(service).clickhouseUrl, world.refused)),
      ...compareAlerts(offline, shown),
      ...followers.flatMap(({ held }: Follower) => compareFeed(held, shown)),
      ...compareNotes(officer.written, shown),
    )
    sum = { alerts: shown.length, terms: offline.terms }
    tell(
      `compared: ${offline.rows} events in ${offline.lastSeq} messages, ${shown.length} alerts, ` +
        `${officer.written.size} notes: ${differences().length} differences`,
    )
  }

  try {
    const random = randomOf('faults')
    if (options.duration === 'each-once') {
      const waiting = options.faults.map((fault) => [fault])
      await round(() => waiting.shift() ?? null, random)
    } else {
      const end = performance.now() + options.duration.minutes * 60_000
      while (performance.now() < end && differences().length === 0) {
        const roundEnd = Math.min(end, performance.now() + COMPARE_EVERY_MS)
        await round(() => (performance.now() < roundEnd ? draw(options.faults, random) : null), random)
      }
    }
  } catch (error) {
    world.differences.push(error instanceof Error ? (error.stack ?? error.message) : String(error))
    if (service.alive()) tell(service.tail().slice(-30).join('\n'))
  } finally {
    for (const one of followers) one.stop()
    await service.stop()
    clock.remove()
  }
  return {
    steps,
    events: sender.accepted,
    requests: sender.requests,
    refused: sender.refused,
    unanswered: sender.unanswered,
    ...sum,
    figures: world.figures,
    differences: differences(),
  }
}

/** One fault by weight; in a quarter of the cases a second one of another target at the same time. */
function draw(faults: readonly Fault[], random: Random): readonly Fault[] {
  const drawOne = weighted(faults.map((fault) => [fault, fault.weight] as const))
  const first = drawOne(random)
  const second = drawOne(random)
  const together = random.chance(0.25) && first.target !== 'all' && second.target !== 'all'
  return together && first.target !== second.target ? [first, second] : [first]
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`
}
