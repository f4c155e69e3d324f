import { setTimeout as sleep } from 'node:timers/promises'
import { type Child, pidOf, signal } from '../world.ts'
import type { Fault } from './fault.ts'

/** A process that stands still for some seconds, as on a machine that swaps; its connections stay open. */
export const frozen = (what: Child | 'service'): Fault => ({
  name: `${what} frozen`,
  weight: 2,
  target: what,
  async run(world, random, longMs) {
    const pid = what === 'service' ? world.service.pid : pidOf(world, what)
    signal(pid, 'SIGSTOP')
    await sleep(random.between(500, Math.max(1_000, Math.min(longMs, 20_000))))
    signal(pid, 'SIGCONT')
  },
})
