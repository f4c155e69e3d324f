import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CloudEvent } from '../../src/simulate/cloud-event.ts'
import { startService } from '../support/service.ts'
import { defineBenchmark, type Figure, quantile, single } from './benchmark.ts'
import { type Bodies, provinceOf, writeBodies } from './bodies.ts'
import { assertAllTaken, startGenerator } from './generator.ts'
import { judgedUpToHere, SURGE } from './sentinel.ts'
import { metricSum, storedUpTo } from './stored.ts'

const SAMPLE_MS = 500

/** What an import costs those who send one event at a time. */
export const lanes = defineBenchmark({
  name: 'lanes',
  what: 'answer to a live POST of one event, alone and while an import of backfill comes in as fast as it is taken',
  settings: {
    seconds: { what: 'how long each of the two is measured', unit: 's', value: 60, small: 2 },
    rate: { what: 'live requests a second, one event each', unit: '/s', value: 50, small: 20 },
    events: { what: 'most events of the import to build beforehand', unit: '', value: 1_500_000, small: 4_000 },
    batch: { what: 'events a request of the import', unit: '', value: 15_000, small: 500 },
    inflight: { what: 'requests of the import on their way at a time', unit: '', value: 4, small: 2 },
    enterprises: { what: 'whom the events are about', unit: '', value: 20_000, small: 500 },
  },
  async run({ settings, tell, signal }) {
    const { seconds, rate, batch, inflight: inFlight } = settings
    const work = await mkdtemp(join(tmpdir(), 'yujing-bench-'))
    const cleaning: (() => unknown)[] = [() => rm(work, { recursive: true, force: true })]
    try {
      const each = Math.ceil(seconds * rate)
      tell(`building ${settings.events} events of the import and ${2 * each} live ones`)
      const events = provinceOf(settings.enterprises, 2 * each + settings.events).events[Symbol.iterator]()
      const alone = await writeBodies(join(work, 'alone.ndjson'), take(events, each), 1)
      const beside = await writeBodies(join(work, 'beside.ndjson'), take(events, each), 1)
      const imported = await writeBodies(join(work, 'import.ndjson'), asHistory(events), batch)

      const service = await startService()
      cleaning.push(() => service.stop())
      const start = (bodies: Bodies, pace: { rate: number; inFlight: number; batch: number }) => {
        const generator = startGenerator({ url: service.url, key: service.adminKey, seconds, ...pace, ...bodies })
        cleaning.push(() => generator.stop())
        signal.addEventListener('abort', () => generator.stop(), { once: true })
        return generator.done
      }
      const live = (bodies: Bodies) => start(bodies, { rate, inFlight: 0, batch: 1 })

      tell(`live alone for ${seconds} s`)
      const first = await live(alone)
      tell(`live beside an import for ${seconds} s`)
      const lags: number[] = []
      const sampling = setInterval(() => {
        const sample = async () => lags.push(await metricSum(service, 'yujing_log_lag{consumer="detect"}'))
        sample().catch(() => {})
      }, SAMPLE_MS)
      cleaning.push(() => clearInterval(sampling))
      const [second, history] = await Promise.all([live(beside), start(imported, { rate: 0, inFlight, batch })])
      clearInterval(sampling)
      for (const sent of [first, second, history]) assertAllTaken(sent)
      const taken = first.tally.accepted + second.tally.accepted + history.tally.accepted
      await Promise.all([storedUpTo(service, taken + SURGE, signal), judgedUpToHere(service, 0, signal)])

      return {
        figures: [
          ...answers('live alone', first.answers),
          ...answers('live beside an import', second.answers),
          single('import', 'events/s', history.tally.accepted / history.seconds),
          { name: 'answer to a request of the import', unit: 'ms', values: history.answers },
          { name: 'detection behind the log', unit: 'messages', values: lags },
        ],
        notes: [
          `${history.tally.accepted} events of ${imported.bytesEach} bytes imported; nothing lost, refused or doubled`,
          `live requests went out at most ${Math.max(first.latest, second.latest).toFixed(0)} ms late; generators ${(first.cpu + second.cpu + history.cpu).toFixed(1)} s of CPU`,
        ],
      }
    } finally {
      for (const clean of cleaning.reverse()) await clean()
    }
  },
})

function answers(name: string, values: readonly number[]): Figure[] {
  return [
    { name, unit: 'ms', values },
    ...([0.5, 0.99] as const).map((part) => single(`${name}, p${part * 100}`, 'ms', quantile(values, part))),
  ]
}

function* take(events: Iterator<CloudEvent>, count: number): Generator<CloudEvent> {
  for (let taken = 0; taken < count; taken += 1) {
    const next = events.next()
    if (next.done) return
    yield next.value
  }
}

function* asHistory(events: Iterator<CloudEvent>): Generator<CloudEvent> {
  for (let next = events.next(); !next.done; next = events.next()) yield { ...next.value, backfill: true }
}
