import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../../../src/simulate/random.ts'
import type { World } from '../world.ts'

/** Something that goes wrong, and what must hold while it does. */
export interface Fault {
  readonly name: string
  /** How often it is drawn, against the others. */
  readonly weight: number
  /** What it takes hold of: two faults of one target are never drawn together, `all` is always alone. */
  readonly target: 'nats-server' | 'clickhouse' | 'service' | 'all'
  /**
   * Breaks something and resolves when nothing more is broken; the service may still be recovering. What it sees that
   * must not be goes to `world.differences`; it rejects only when the campaign cannot go on.
   *
   * @param longMs how long something that lasts should last, milliseconds
   */
  run(world: World, random: Random, longMs: number): Promise<void>
}

/** A wait of up to so many milliseconds. */
export async function pauseUpTo(random: Random, ms: number): Promise<void> {
  await sleep(Math.floor(random.next() * ms))
}
