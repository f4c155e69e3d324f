import { join } from 'node:path'
import { defineBenchmark, type Figure, single } from './benchmark.ts'
import { provinceOf, writeBodies } from './bodies.ts'
import { type PartName, type ServiceUsage, usageOf } from './processes.ts'
import { judgedUpToHere, SURGE } from './sentinel.ts'
import { onStage } from './stage.ts'
import { metricSum, storedUpTo } from './stored.ts'

const PARTS: readonly PartName[] = ['service', 'nats-server', 'clickhouse', 'guards']
const MIB = 2 ** 20

/** Throughput: from HTTP to the store and through detection, on one machine. */
export const pipeline = defineBenchmark({
  name: 'pipeline',
  what: 'events a second from HTTP batches until stored in ClickHouse and judged, everything embedded',
  settings: {
    seconds: { what: 'how long it is under load', unit: 's', value: 120, small: 2 },
    enterprises: { what: 'population, registered before', unit: '', value: 100_000, small: 2_000 },
    events: {
      what: 'most events to build beforehand; it ends when they are used up',
      unit: '',
      value: 5_400_000,
      small: 3_000,
    },
    batch: { what: 'events a request', unit: '', value: 1_000, small: 200 },
    inflight: { what: 'requests on their way at a time', unit: '', value: 4, small: 2 },
    profile: { what: '1: every thread of the service writes a CPU profile (--out)', unit: '', value: 0, small: 0 },
    shards: { what: 'detection threads', unit: '', value: 1, small: 1 },
  },
  async run({ settings, tell, signal, out }) {
    const { seconds, enterprises, batch, inflight: inFlight, shards } = settings
    const nodeArgs = settings.profile > 0 ? ['--cpu-prof', `--cpu-prof-dir=${out}`] : []
    return onStage(
      { signal, shards, nodeArgs },
      async (work) => {
        tell(`building ${settings.events} events of ${enterprises} enterprises`)
        const province = provinceOf(enterprises, settings.events)
        const population = await writeBodies(join(work, 'population.ndjson'), province.population, 1_000)
        return {
          population,
          bodies: await writeBodies(join(work, 'events.ndjson'), province.events, batch),
          days: province.days,
        }
      },
      async (stage, { population, bodies, days }) => {
        const { service } = stage
        tell(`registering ${population.events} enterprises and their past`)
        const registered = await stage.populate(population)
        await storedUpTo(service, registered, signal)
        await judgedUpToHere(service, 0, signal)
        const alertsBefore = await metricSum(service, 'yujing_alerts_total')

        tell(`sending for ${seconds} s`)
        const before = usageOf(service.pid)
        const samples: { at: number; stored: number; usage: ServiceUsage }[] = []
        const started = performance.now()
        const sampling = setInterval(
          () => {
            const at = (performance.now() - started) / 1_000
            void metricSum(service, 'yujing_events_stored_total')
              .then((stored) => samples.push({ at, stored, usage: usageOf(service.pid) }))
              .catch(() => {})
          },
          Math.max(500, seconds * 40),
        )
        stage.onEnd(() => clearInterval(sampling))
        const sent = await stage.send(bodies, { batch, rate: 0, inFlight, seconds })
        clearInterval(sampling)
        await Promise.all([
          storedUpTo(service, registered + sent.tally.accepted + 2 * SURGE, signal),
          judgedUpToHere(service, 1, signal),
        ])
        const took = (performance.now() - started) / 1_000
        const after = usageOf(service.pid)
        const tripped = (await metricSum(service, 'yujing_alerts_total')) - alertsBefore - 1

        const events = sent.tally.accepted
        const perEvent = (cpu: number) => (cpu * 1e6) / events
        const spent = (part: PartName) => after.parts[part].cpu - before.parts[part].cpu
        const whole = PARTS.reduce((sum, part) => sum + spent(part), 0)
        const rates = samples.slice(1).map(({ at, stored }, index) => {
          const earlier = samples[index] as (typeof samples)[number]
          return (stored - earlier.stored) / (at - earlier.at)
        })
        const memory: Figure[] = PARTS.slice(0, 3).map((part) => ({
          name: `${part} memory`,
          unit: 'MiB',
          values: samples.map(({ usage }) => usage.parts[part].rss / MIB),
        }))
        return {
          figures: [
            single('events stored and judged', 'events/s', events / took),
            { name: 'stored, by stretch', unit: 'events/s', values: rates },
            single('CPU of all parts', 'us/event', perEvent(whole)),
            ...PARTS.map((part) => single(`CPU of ${part}`, 'us/event', perEvent(spent(part)))),
            single('- service main thread', 'us/event', perEvent(after.mainThreadCpu - before.mainThreadCpu)),
            single('- service, busiest other', 'us/event', perEvent(after.busiestThreadCpu - before.busiestThreadCpu)),
            single('CPU of the generator', 'us/event', perEvent(sent.cpu)),
            { name: 'answer to a request', unit: 'ms', values: sent.answers },
            ...memory,
          ],
          notes: [
            `${events} events of ${bodies.bytesEach} bytes (${days.toFixed(0)} days of event time) in ${took.toFixed(1)} s, ${(took - sent.seconds).toFixed(1)} s of them after the last answer`,
            `${tripped} keys tripped; generator ${sent.cpu.toFixed(1)} s of CPU in a process of its own, beside ${whole.toFixed(1)} s of the service`,
            ...memory.map(
              ({ name, values }) => `${name} over time: ${values.map((value) => value.toFixed(0)).join(' ')}`,
            ),
          ],
        }
      },
    )
  },
})
