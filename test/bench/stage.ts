import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Service, startService } from '../support/service.ts'
import type { Bodies } from './bodies.ts'
import { assertAllTaken, type Generator, type Sent, startGenerator } from './generator.ts'
import type { Order } from './generator-messages.ts'

/** A service that runs for one benchmark, and a directory for what is prepared. */
export interface Stage {
  readonly service: Service
  readonly work: string
  /** Starts a generator; it ends with the benchmark at the latest. */
  start(bodies: Bodies, how: Omit<Order, 'url' | 'key' | keyof Bodies>): Generator
  /** The same, and waits for its end; throws unless everything was taken, once. */
  send(bodies: Bodies, how: Omit<Order, 'url' | 'key' | keyof Bodies>): Promise<Sent>
  /** Registers a population; resolves with the number of events when they are taken. */
  populate(population: Bodies): Promise<number>
  /** Called in reverse order at the end, whatever happens. */
  onEnd(end: () => unknown): void
}

/**
 * Prepares, starts a service, acts, and clears away whatever happens. `prepare` runs before the service, so that building
 * bodies takes nothing away from it.
 */
export async function onStage<Prepared, Result>(
  options: { readonly signal: AbortSignal; readonly shards?: number; readonly nodeArgs?: readonly string[] },
  prepare: (work: string) => Promise<Prepared>,
  act: (stage: Stage, prepared: Prepared) => Promise<Result>,
): Promise<Result> {
  const { signal, shards = 1, nodeArgs = [] } = options
  const work = await mkdtemp(join(tmpdir(), 'yujing-bench-'))
  const ends: (() => unknown)[] = [() => rm(work, { recursive: true, force: true })]
  try {
    const prepared = await prepare(work)
    signal.throwIfAborted()
    const service = await startService({ env: { YUJING_SHARDS: String(shards) }, nodeArgs })
    ends.push(() => service.stop())
    const stage: Stage = {
      service,
      work,
      start(bodies, how) {
        const generator = startGenerator({ url: service.url, key: service.adminKey, ...bodies, ...how })
        const stop = () => generator.stop()
        signal.addEventListener('abort', stop)
        ends.push(stop, () => signal.removeEventListener('abort', stop))
        return generator
      },
      async send(bodies, how) {
        const sent = await stage.start(bodies, how).done
        assertAllTaken(sent)
        return sent
      },
      async populate(population) {
        const { tally } = await stage.send(population, { batch: 1_000, rate: 0, inFlight: 4, seconds: 3_600 })
        return tally.accepted
      },
      onEnd: (end) => void ends.push(end),
    }
    return await act(stage, prepared)
  } finally {
    for (const end of ends.reverse()) await end()
  }
}
