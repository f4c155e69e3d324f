import { setTimeout as sleep } from 'node:timers/promises'
import { streams, weighted } from '../../../src/simulate/random.ts'
import { startReplicas } from '../../support/replicas.ts'
import { eventually } from '../../support/service.ts'
import { alerts } from '../../support/world.ts'
import type { CampaignReport } from '../campaign.ts'
import { compareFeed, compareNotes } from '../compare.ts'
import { follow } from '../follower.ts'
import { createOfficer } from '../officer.ts'
import { endedByThemselves, type ReplicaFault } from './faults.ts'
import { compareReplicas } from './settled.ts'
import { sendThrough } from './traffic.ts'

export interface ReplicaCampaignOptions {
  readonly seed: string
  readonly faults: readonly ReplicaFault[]
  /** Detection threads of each process: one process for each number. */
  readonly shards: readonly number[]
  /** Each fault comes once in the order given, else they are drawn by weight until the time is over. */
  readonly duration: 'each-once' | { readonly minutes: number }
  /** How long a process that stands still does so at most, milliseconds. */
  readonly longMs: number
  /** Time to live of the leases, milliseconds. */
  readonly leaseTtlMs: number
  readonly pace: { readonly batch: number; readonly pauseMs: number }
  readonly tell: (line: string) => void
}

/** Traffic flows for so long between two faults. */
const CALM_MS = 1_500
/** What is promised: work moves within this time, at a lease of 10 s. */
const PROMISED_SECONDS = 15

/**
 * Several processes on one nats-server and one ClickHouse under traffic through every door, one fault after the other, and
 * in the end the comparison of everything that is stored, shown and told, by every process, with what the log says.
 */
export async function runReplicaCampaign(options: ReplicaCampaignOptions): Promise<CampaignReport> {
  const { seed, tell, longMs } = options
  const randomOf = (label: string) => streams(seed, label).at(0)
  const random = randomOf('replica faults')
  const replicas = await startReplicas(
    options.shards.map((shards) => ({ YUJING_SHARDS: String(shards) })),
    options.leaseTtlMs,
  )
  const { services } = replicas
  const differences: string[] = []
  const steps: { names: string; lastedMs: number; recoveryMs: number }[] = []
  const moves: number[] = []
  let sum = { alerts: 0, terms: 0 }
  const followers = services.map((service, at) => follow(service, randomOf(`follower ${at}`)))
  const [first] = services
  if (first === undefined) throw new Error('a campaign needs a process')
  const officer = createOfficer(first, randomOf('officer'))
  const over = new AbortController()
  await replicas.whole()
  const traffic = sendThrough(services, seed, options.pace)
  const office = officer.run(over.signal)

  async function oneStep(fault: ReplicaFault): Promise<void> {
    await sleep(CALM_MS)
    tell(`${fault.name} ...`)
    const started = performance.now()
    const moved = await fault.run(replicas, random, longMs)
    const lastedMs = performance.now() - started
    if (moved !== null) moves.push(moved)
    await replicas.whole()
    differences.push(...(await endedByThemselves(replicas)))
    const recoveryMs = performance.now() - started - lastedMs
    steps.push({ names: fault.name, lastedMs, recoveryMs })
    const said = moved === null ? 'nothing had to move' : `work had moved after ${seconds(moved)}`
    tell(`${fault.name}: ${said}, whole again ${seconds(recoveryMs)} after its end`)
  }

  async function everyStep(): Promise<void> {
    if (options.duration === 'each-once') for (const fault of options.faults) await oneStep(fault)
    else {
      const draw = weighted(options.faults.map((fault) => [fault, fault.weight] as const))
      const end = performance.now() + options.duration.minutes * 60_000
      while (performance.now() < end && differences.length === 0) await oneStep(draw(random))
    }
    await sleep(CALM_MS)
  }

  async function compare(made: ReadonlyMap<string, number>): Promise<void> {
    const found = await compareReplicas(replicas, made)
    const shown = await alerts(first as (typeof services)[number])
    const head = Math.max(0, ...shown.map(({ revision }) => revision))
    await eventually('followers that have seen the head', async () => followers.every(({ offset }) => offset >= head))
    differences.push(
      ...found.differences,
      ...followers.flatMap(({ held }) => compareFeed(held, shown)),
      ...compareNotes(officer.written, shown),
    )
    sum = { alerts: shown.length, terms: found.offline.terms }
  }

  try {
    await everyStep()
    over.abort()
    const made = await traffic.end()
    await office
    await compare(made)
  } catch (error) {
    differences.push(error instanceof Error ? (error.stack ?? error.message) : String(error))
  } finally {
    over.abort()
    for (const one of followers) one.stop()
    await replicas.stop()
  }
  const { senders } = traffic
  const add = (of: (one: (typeof senders)[number]) => number) => senders.reduce((all, one) => all + of(one), 0)
  const refused = new Map<string, number>()
  for (const [code, times] of senders.flatMap((one) => [...one.refused]))
    refused.set(code, (refused.get(code) ?? 0) + times)
  return {
    steps,
    events: add(({ accepted }) => accepted),
    requests: add(({ requests }) => requests),
    refused,
    unanswered: add(({ unanswered }) => unanswered),
    ...sum,
    figures: moves.length === 0 ? [] : [figureOf(moves, options.leaseTtlMs)],
    differences: [
      ...differences,
      ...senders.flatMap((one) => one.differences),
      ...followers.flatMap((one) => one.differences),
    ],
  }
}

function figureOf(moves: readonly number[], leaseTtlMs: number): string {
  const sorted = [...moves].sort((a, b) => a - b)
  const middle = sorted[Math.floor(sorted.length / 2)] ?? 0
  return (
    `work moved ${moves.length} times at a lease of ${seconds(leaseTtlMs)}: median ${seconds(middle)}, ` +
    `most ${seconds(sorted.at(-1) ?? 0)}; promised: ${PROMISED_SECONDS} s at 10 s`
  )
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`
}
