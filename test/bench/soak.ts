import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { defineBenchmark, quantile, single } from './benchmark.ts'
import { provinceOf, writeBodies } from './bodies.ts'
import { startFeedClients } from './feed-clients.ts'
import { assertAllTaken } from './generator.ts'
import { draw } from './picture.ts'
import { prepareProbes, startProbes } from './probes.ts'
import { usageOf } from './processes.ts'
import { judgedUpToHere, SURGE } from './sentinel.ts'
import { onStage } from './stage.ts'
import { metricSum, storedUpTo } from './stored.ts'

const MIB = 2 ** 20
const REQUESTS = 50

/** One line of the table: what was seen in the stretch that ends there. */
interface Sample {
  readonly seconds: number
  readonly accepted: number
  readonly serviceMiB: number
  /** Of the service's main thread: JavaScript objects in use, and buffers outside of them (ids, register, arenas of others). */
  readonly heapMiB: number
  readonly externalMiB: number
  readonly natsServerMiB: number
  readonly clickhouseMiB: number
  /** Log messages behind, of detection and of the store. */
  readonly detectLag: number
  readonly storeLag: number
  readonly answerP50: number
  readonly answerP99: number
  readonly frameP50: number
  readonly frameP99: number
  readonly frames: number
  /** Seconds of CPU a second, service and children. */
  readonly cores: number
}

/** Whether it stays as it is when it runs on and on. */
export const soak = defineBenchmark({
  name: 'soak',
  what: 'memory, lag and latency over a long time at a steady rate with many feed clients; table and picture in --out',
  settings: {
    seconds: { what: 'how long', unit: 's', value: 1_800, small: 3 },
    rate: { what: 'background', unit: 'events/s', value: 2_000, small: 200 },
    clients: { what: 'clients of the live feed', unit: '', value: 200, small: 25 },
    probes: { what: 'alerts opened a second', unit: '', value: 2, small: 3 },
    every: { what: 'between two samples', unit: 's', value: 10, small: 1 },
    enterprises: { what: 'population, registered before', unit: '', value: 50_000, small: 1_000 },
  },
  async run({ settings, tell, signal, out }) {
    const { seconds, rate, clients, probes: perSecond, every, enterprises } = settings
    const batch = Math.max(1, Math.round(rate / REQUESTS))
    return onStage(
      { signal },
      async (work) => {
        tell(`building ${rate * seconds} events of ${enterprises} enterprises`)
        const province = provinceOf(enterprises, rate * seconds)
        const population = await writeBodies(join(work, 'population.ndjson'), province.population, 1_000)
        return { population, bodies: await writeBodies(join(work, 'events.ndjson'), province.events, batch) }
      },
      async (stage, { population, bodies }) => {
        const { service } = stage
        const registered = await stage.populate(population)
        const count = Math.ceil(perSecond * seconds)
        const prepared = await prepareProbes(service, 'soak', 0, count)
        await judgedUpToHere(service, 0, signal)
        tell(`${registered} enterprises and their past registered; opening ${clients} feed clients`)
        const feed = await startFeedClients(service, clients)
        stage.onEnd(() => feed.stop())
        const probes = await startProbes(service, { run: 'soak', from: 0, count, everyMs: 1_000 / perSecond })
        const background = stage.start(bodies, { batch, rate, inFlight: 0, seconds })
        const started = performance.now()
        const samples: Sample[] = []
        const cpuOf = () => Object.values(usageOf(service.pid).parts).reduce((sum, { cpu }) => sum + cpu, 0)
        let before = { at: 0, cpu: cpuOf() }

        async function sample(): Promise<void> {
          const at = (performance.now() - started) / 1_000
          const { parts } = usageOf(service.pid)
          const cpu = Object.values(parts).reduce((sum, part) => sum + part.cpu, 0)
          const measured = probes.take()
          const answers = measured.map(({ answer }) => answer)
          const frames = measured.map(({ frame }) => frame)
          samples.push({
            seconds: Math.round(at),
            accepted: background.tally().accepted,
            serviceMiB: Math.round(parts.service.rss / MIB),
            heapMiB: Math.round((await metricSum(service, 'nodejs_heap_size_used_bytes')) / MIB),
            externalMiB: Math.round((await metricSum(service, 'nodejs_external_memory_bytes')) / MIB),
            natsServerMiB: Math.round(parts['nats-server'].rss / MIB),
            clickhouseMiB: Math.round(parts.clickhouse.rss / MIB),
            detectLag: await metricSum(service, 'yujing_log_lag{consumer="detect"}'),
            storeLag: await metricSum(service, 'yujing_log_lag{consumer="store"}'),
            answerP50: quantile(answers, 0.5),
            answerP99: quantile(answers, 0.99),
            frameP50: quantile(frames, 0.5),
            frameP99: quantile(frames, 0.99),
            frames: feed.counts().frames,
            cores: (cpu - before.cpu) / (at - before.at),
          })
          before = { at, cpu }
          if (samples.length % 6 === 0) tell(`${Math.round(at)} of ${seconds} s`)
        }
        const sampling = setInterval(() => void sample().catch(() => {}), every * 1_000)
        stage.onEnd(() => clearInterval(sampling))
        const sent = await background.done
        // Fewer than prepared: a timer of half a second drifts by some in half an hour.
        const opened = await probes.finish()
        clearInterval(sampling)
        await sample()
        assertAllTaken(sent)
        const all = registered + prepared + SURGE + opened + sent.tally.accepted
        await storedUpTo(service, all, signal)
        const { closed, frames, cpu } = feed.counts()
        if (closed > 0) throw new Error(`${closed} of ${clients} feed clients lost their connection`)
        const files = await write(out, samples)
        const column = (name: keyof Sample) => samples.map((one) => one[name]).filter(Number.isFinite)
        return {
          figures: [
            single('events', 'events/s', sent.tally.accepted / sent.seconds),
            { name: 'service memory', unit: 'MiB', values: column('serviceMiB') },
            { name: '- heap of its main thread in use', unit: 'MiB', values: column('heapMiB') },
            { name: '- buffers of its main thread', unit: 'MiB', values: column('externalMiB') },
            { name: 'nats-server memory', unit: 'MiB', values: column('natsServerMiB') },
            { name: 'clickhouse memory', unit: 'MiB', values: column('clickhouseMiB') },
            { name: 'lag of detection', unit: 'messages', values: column('detectLag') },
            { name: 'lag of the store', unit: 'messages', values: column('storeLag') },
            { name: 'p99 to the answer, by stretch', unit: 'ms', values: column('answerP99') },
            { name: 'p99 to the frame, by stretch', unit: 'ms', values: column('frameP99') },
            { name: 'CPU of all parts', unit: 'cores', values: column('cores') },
          ],
          notes: [
            `${sent.tally.accepted} events, ${opened} alerts opened, ${frames} frames to ${clients} clients; nothing lost, all stored`,
            `generator ${sent.cpu.toFixed(1)} s of CPU, feed clients ${cpu.toFixed(1)} s, each in a process of its own`,
            ...files,
          ],
        }
      },
    )
  },
})

async function write(out: string, samples: readonly Sample[]): Promise<string[]> {
  const names = Object.keys(samples[0] ?? {}) as (keyof Sample)[]
  const shown = (value: number) => (Number.isFinite(value) ? String(Number(value.toFixed(3))) : '')
  const lines = samples.map((one) => names.map((name) => shown(one[name])).join(','))
  const column = (name: keyof Sample) => samples.map((one) => one[name])
  const svg = draw('Yujing: soak', column('seconds'), [
    {
      title: 'Resident memory',
      unit: 'MiB',
      lines: {
        service: column('serviceMiB'),
        'its heap in use': column('heapMiB'),
        'its buffers': column('externalMiB'),
        'nats-server': column('natsServerMiB'),
        clickhouse: column('clickhouseMiB'),
      },
    },
    { title: 'Lag', unit: 'log messages', lines: { detection: column('detectLag'), store: column('storeLag') } },
    {
      title: 'From POST, by stretch',
      unit: 'ms',
      lines: {
        'answer p99': column('answerP99'),
        'frame p50': column('frameP50'),
        'frame p99': column('frameP99'),
      },
    },
    { title: 'CPU of service and children', unit: 'cores', lines: { cores: column('cores') } },
  ])
  const [table, picture] = [join(out, 'soak.csv'), join(out, 'soak.svg')]
  await writeFile(table, `${[names.join(','), ...lines].join('\n')}\n`)
  await writeFile(picture, svg)
  return [`table ${table}`, `picture ${picture}`]
}
