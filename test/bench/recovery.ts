import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type Service, startService } from '../support/service.ts'
import { defineBenchmark, single } from './benchmark.ts'
import { type Bodies, provinceOf, writeBodies } from './bodies.ts'
import { assertAllTaken, type Generator as Load, startGenerator } from './generator.ts'
import { type Logged, loggedBehind } from './logged.ts'
import { judgedUpToHere } from './sentinel.ts'
import { metricSum, storedUpTo } from './stored.ts'

const BATCH = 100

/** What a start says on its way, with the seconds since it began. */
type Steps = Map<string, number>
const STEPS = {
  'writer runs': 'writer has its state',
  'detection replays the log': 'snapshots of detection read',
  ready: 'ready',
} as const

/** Seconds of each start after a kill in mid-load. */
interface Recovery {
  readonly ready: number
  readonly stored: number
  readonly steps: Steps
  readonly acknowledged: number
  readonly found: number
}

/** kill -9 under load, and how long until the service has caught up; throws when an event is lost or doubled. */
export const recovery = defineBenchmark({
  name: 'recovery',
  what: 'seconds from a start after kill -9 under load until everything in the log is judged and stored',
  settings: {
    enterprises: { what: 'registered before, each a key of detection', unit: '', value: 1_000_000, small: 500 },
    rate: { what: 'load while it is killed', unit: 'events/s', value: 2_000, small: 500 },
    seconds: { what: 'under load before each kill', unit: 's', value: 30, small: 1 },
    kills: { what: 'how often it is killed', unit: '', value: 3, small: 1 },
    shards: { what: 'detection threads', unit: '', value: 1, small: 1 },
  },
  async run({ settings, tell, signal }) {
    const { enterprises, rate, seconds, kills, shards } = settings
    const work = await mkdtemp(join(tmpdir(), 'yujing-bench-'))
    const cleaning: (() => unknown)[] = [() => rm(work, { recursive: true, force: true })]
    try {
      const each = Math.ceil(rate * (seconds + 5))
      tell(`building ${enterprises} enterprises and ${kills} times ${each} events`)
      const province = provinceOf(enterprises, each * kills)
      const population = await writeBodies(join(work, 'population.ndjson'), province.population, 1_000)
      const events = province.events[Symbol.iterator]()
      const loads: Bodies[] = []
      for (let n = 0; n < kills; n++)
        loads.push(await writeBodies(join(work, `load-${n}.ndjson`), taken(events, each), BATCH))

      let started = 0
      let steps: Steps = new Map()
      const onLine = (line: string) => {
        for (const [said, meaning] of Object.entries(STEPS))
          if (line.includes(`"msg":"${said}"`)) steps.set(meaning, (performance.now() - started) / 1_000)
      }
      const service = await startService({ env: { YUJING_SHARDS: String(shards) }, onLine })
      cleaning.push(() => service.stop())
      const generate = (bodies: Bodies, more: { rate: number; batch: number }): Load => {
        const to = { url: service.url, key: service.adminKey, inFlight: 4, seconds: 3_600 }
        const generator = startGenerator({ ...to, ...bodies, ...more })
        cleaning.push(() => generator.stop())
        signal.addEventListener('abort', () => generator.stop(), { once: true })
        return generator
      }

      tell(`registering ${population.events} enterprises and their past`)
      assertAllTaken(await generate(population, { rate: 0, batch: 1_000 }).done)
      let inLog = await loggedBehind(service, 0)
      await storedUpTo(service, inLog.rows, signal)
      await judgedUpToHere(service, 0, signal)
      const keys = await metricSum(service, 'yujing_state_keys')
      // Every part has then a snapshot of one moment: what is replayed is what came under load.
      await service.restart()

      const recoveries: Recovery[] = []
      for (const [n, load] of loads.entries()) {
        signal.throwIfAborted()
        inLog = await allStored(service, inLog, signal)
        tell(`load ${n + 1} of ${kills}, then kill -9`)
        const generator = generate(load, { rate, batch: BATCH })
        await wait(seconds * 1_000, undefined, { signal })
        await service.kill()
        const acknowledged = generator.tally().accepted
        generator.stop()
        steps = new Map()
        started = performance.now()
        await service.start()
        const ready = (performance.now() - started) / 1_000
        const after = await allStored(service, inLog, signal)
        const stored = (performance.now() - started) / 1_000
        const found = after.rows - inLog.rows
        if (found < acknowledged) throw new Error(`${acknowledged} events were acknowledged, the log has ${found}`)
        recoveries.push({ ready, stored, steps, acknowledged, found })
        tell(`ready after ${ready.toFixed(1)} s, all stored after ${stored.toFixed(1)} s`)
        inLog = await sentAgain(service, generate(load, { rate: 0, batch: BATCH }), load, inLog, signal)
      }
      await judgedUpToHere(service, 1, signal)
      const caughtUp = recoveries.map(({ ready, stored }) => Math.max(ready, stored))
      return {
        figures: [
          { name: 'start to caught up', unit: 's', values: caughtUp },
          ...Object.values(STEPS).map((name) => ({
            name: `- ${name}`,
            unit: 's',
            values: recoveries.flatMap((one) => one.steps.get(name) ?? []),
          })),
          { name: '- all stored', unit: 's', values: recoveries.map(({ stored }) => stored) },
          single('lost', 'events', 0),
          single('doubled', 'events', 0),
        ],
        notes: [
          `${keys} keys in detection's state; killed after ${seconds} s at ${rate} events/s, snapshots being taken as always`,
          ...recoveries.map(
            ({ acknowledged, found }, n) =>
              `kill ${n + 1}: ${acknowledged} events acknowledged, ${found} in the log; all sent again, each is there once, in the log and in ClickHouse`,
          ),
        ],
      }
    } finally {
      for (const clean of cleaning.reverse()) await clean()
    }
  },
})

function* taken<T>(from: Iterator<T>, most: number): Generator<T, void> {
  for (let n = 0; n < most; n++) {
    const next = from.next()
    if (next.done) return
    yield next.value
  }
}

/** Waits until ClickHouse holds exactly what the log does; `before`: what it held up to a sequence. */
async function allStored(service: Service, before: Logged, signal: AbortSignal): Promise<Logged> {
  const { last, rows } = await loggedBehind(service, before.last)
  const inLog = { last, rows: before.rows + rows }
  await storedUpTo(service, inLog.rows, signal)
  return inLog
}

/** After the whole load is sent again each of its events is in the log and in ClickHouse once. */
async function sentAgain(
  service: Service,
  generator: Load,
  load: Bodies,
  before: Logged,
  signal: AbortSignal,
): Promise<Logged> {
  const { tally } = await generator.done
  if (tally.accepted + tally.duplicates !== load.events || tally.rejected > 0)
    throw new Error(`sent again, ${load.events} events gave ${JSON.stringify(tally)}`)
  const after = await allStored(service, before, signal)
  if (after.rows !== before.rows + load.events)
    throw new Error(
      `the log has ${after.rows - before.rows} of ${load.events} events, ${tally.accepted} by the second sending`,
    )
  return after
}
