import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../../../src/simulate/random.ts'
import { type Replicas, readiness } from '../../support/replicas.ts'
import type { Service } from '../../support/service.ts'
import { pauseUpTo } from '../faults/fault.ts'

/** Something that befalls one process of several. */
export interface ReplicaFault {
  readonly name: string
  /** How often it is drawn, against the others. */
  readonly weight: number
  /**
   * Resolves when every process runs again; work may still be on its way. Answers with the milliseconds from the fault
   * until the others did everything between them; null where nothing had to move.
   */
  run(replicas: Replicas, random: Random, longMs: number): Promise<number | null>
}

/** One of those that are not the one given. */
const another = (replicas: Replicas, than: Service, random: Random) =>
  random.pick(replicas.services.filter((service) => service !== than))

/** Milliseconds until those that still run do everything. */
async function moved(replicas: Replicas): Promise<number> {
  const started = performance.now()
  await replicas.whole()
  return performance.now() - started
}

/** kill -9; started again once the others have its work. */
async function killed(replicas: Replicas, victim: Service, random: Random): Promise<number> {
  await victim.kill()
  const took = await moved(replicas)
  await pauseUpTo(random, 2_000)
  await victim.start()
  return took
}

/** SIGSTOP; it goes on, knowing nothing of it, once the others have its work and not before `longMs`. */
async function frozenLong(replicas: Replicas, victim: Service, longMs: number): Promise<number> {
  const started = performance.now()
  replicas.freeze(victim)
  try {
    const took = await moved(replicas)
    await sleep(Math.max(0, longMs - (performance.now() - started)))
    return took
  } finally {
    replicas.thaw(victim)
  }
}

export const leadKilled: ReplicaFault = {
  name: 'lead killed',
  weight: 3,
  run: async (replicas, random) => await killed(replicas, await replicas.lead(), random),
}

export const leadFrozen: ReplicaFault = {
  name: 'lead frozen for long',
  weight: 3,
  run: async (replicas, random, longMs) =>
    await frozenLong(replicas, await replicas.lead(), random.between(longMs / 3, longMs)),
}

export const followerKilled: ReplicaFault = {
  name: 'another killed',
  weight: 2,
  run: async (replicas, random) => await killed(replicas, another(replicas, await replicas.lead(), random), random),
}

export const followerFrozen: ReplicaFault = {
  name: 'another frozen for long',
  weight: 2,
  run: async (replicas, random, longMs) =>
    await frozenLong(replicas, another(replicas, await replicas.lead(), random), random.between(longMs / 3, longMs)),
}

/** Any of them stands still for a moment, about as long as a lease: it may be lost or not. */
export const stutter: ReplicaFault = {
  name: 'one stutters',
  weight: 2,
  async run(replicas, random, longMs) {
    const victim = random.pick([...replicas.services])
    for (let times = random.between(1, 3); times > 0; times--) {
      replicas.freeze(victim)
      await sleep(random.between(100, Math.min(longMs, 12_000)))
      replicas.thaw(victim)
      await pauseUpTo(random, 1_000)
    }
    return null
  },
}

/** Killed and started at once: its own directory's lease waits for nobody. */
export const leadRestarted: ReplicaFault = {
  name: 'lead killed and started at once',
  weight: 1,
  async run(replicas) {
    const victim = await replicas.lead()
    await victim.kill()
    await victim.start()
    return null
  },
}

/** The lead is killed while another stands still: where there are three, one is left. */
export const twoAtOnce: ReplicaFault = {
  name: 'lead killed, another frozen',
  weight: 1,
  async run(replicas, random, longMs) {
    const lead = await replicas.lead()
    const other = another(replicas, lead, random)
    replicas.freeze(other)
    await lead.kill()
    const left = replicas.services.length > 2
    const took = left ? await moved(replicas) : null
    await sleep(random.between(0, longMs / 2))
    replicas.thaw(other)
    await lead.start()
    return took
  },
}

export const ALL_REPLICA_FAULTS: readonly ReplicaFault[] = [
  leadKilled,
  leadFrozen,
  followerKilled,
  followerFrozen,
  stutter,
  leadRestarted,
  twoAtOnce,
]

/** Those that have ended by themselves, which a superseded process never does. */
export async function endedByThemselves({ services }: Pick<Replicas, 'services'>): Promise<string[]> {
  const silent = await Promise.all(services.map(async (service) => [service, await readiness(service)] as const))
  return silent.flatMap(([service, says]) =>
    service.alive()
      ? []
      : [`a process ended by itself (${says?.status ?? 'no answer'}): ${service.tail().slice(-5).join(' | ')}`],
  )
}
