import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { defineBenchmark, type Figure, quantile, single } from './benchmark.ts'
import { type Bodies, provinceOf, take, writeBodies } from './bodies.ts'
import { assertAllTaken } from './generator.ts'
import { prepareProbes, startProbes } from './probes.ts'
import { judgedUpToHere } from './sentinel.ts'
import { onStage } from './stage.ts'

/** Requests of the background a second: what many sources together would send, not one. */
const REQUESTS = 100

/** How long it takes until an officer sees it, while so much else comes in. */
export const latency = defineBenchmark({
  name: 'latency',
  what: 'from POST to its answer, and to the frame of a feed client that shows the alert it opened, under load',
  settings: {
    seconds: { what: 'at each rate', unit: 's', value: 60, small: 1 },
    warmup: { what: 'of the background before, at each rate', unit: 's', value: 2, small: 0.5 },
    low: { what: 'background', unit: 'events/s', value: 100, small: 50 },
    middle: { what: 'background', unit: 'events/s', value: 1_000, small: 100 },
    high: { what: 'background', unit: 'events/s', value: 10_000, small: 200 },
    probes: { what: 'alerts opened a second', unit: '', value: 5, small: 4 },
    enterprises: { what: 'population, registered before', unit: '', value: 20_000, small: 1_000 },
  },
  async run({ settings, tell, signal }) {
    const { seconds, warmup, low, middle, high, probes: perSecond, enterprises } = settings
    const rates = [low, middle, high]
    const lasts = seconds + warmup
    return onStage(
      { signal },
      async (work) => {
        const whole = rates.reduce((sum, rate) => sum + rate, 0) * lasts
        tell(`building ${whole} events of ${enterprises} enterprises`)
        const province = provinceOf(enterprises, whole)
        const population = await writeBodies(join(work, 'population.ndjson'), province.population, 1_000)
        const events = province.events[Symbol.iterator]()
        const bodies: Bodies[] = []
        for (const [index, rate] of rates.entries())
          bodies.push(
            await writeBodies(join(work, `${index}.ndjson`), take(events, Math.ceil(rate * lasts)), batchOf(rate)),
          )
        return { population, bodies }
      },
      async (stage, { population, bodies }) => {
        const { service } = stage
        tell(`registering ${await stage.populate(population)} enterprises and their past`)
        const count = Math.ceil(perSecond * seconds)
        for (const index of rates.keys()) await prepareProbes(service, 'latency', index * count, count)
        await judgedUpToHere(service, 0, signal)
        const figures: Figure[] = []
        const notes: string[] = []
        for (const [index, rate] of rates.entries()) {
          tell(`${rate} events a second for ${lasts} s`)
          const background = stage.start(bodies[index] as Bodies, {
            batch: batchOf(rate),
            rate,
            inFlight: 0,
            seconds: lasts,
          })
          await wait(warmup * 1_000, undefined, { signal })
          const from = index * count
          const probes = await startProbes(service, { run: 'latency', from, count, everyMs: 1_000 / perSecond })
          const sent = await background.done
          await probes.finish()
          assertAllTaken(sent)
          const measured = probes.take()
          const at = `at ${rate}/s`
          for (const what of ['answer', 'frame'] as const) {
            const values = measured.map((probe) => probe[what])
            figures.push(
              { name: `to the ${what} ${at}`, unit: 'ms', values },
              single(`to the ${what} ${at}, p99`, 'ms', quantile(values, 0.99)),
            )
          }
          notes.push(
            `${at}: ${sent.tally.accepted} events in ${sent.seconds.toFixed(1)} s, ${measured.length} probes; generator ${sent.cpu.toFixed(1)} s of CPU, at most ${sent.latest.toFixed(0)} ms behind its time`,
          )
        }
        return { figures, notes }
      },
    )
  },
})

function batchOf(rate: number): number {
  return Math.max(1, Math.round(rate / REQUESTS))
}
