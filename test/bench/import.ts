import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { packageRoot } from '../../src/embedded/package-root.ts'
import type { RunSummary } from '../../src/import/session.ts'
import type { CloudEvent } from '../../src/simulate/cloud-event.ts'
import { createProvince } from '../../src/simulate/province.ts'
import type { Service } from '../support/service.ts'
import { defineBenchmark, type Figure, single } from './benchmark.ts'
import { type ServiceUsage, usageOf } from './processes.ts'
import { onStage } from './stage.ts'
import { metricSum, storedUpTo } from './stored.ts'

const MIB = 2 ** 20
const DAY_MS = 86_400_000
const COLUMNS = [
  '代码',
  '日期',
  '区划',
  '行业',
  '名称',
  '类型',
  '注册资本(万元)',
  '住所',
  '法定代表人',
  '证件号码',
  '电话',
  '经营范围',
]
/** How the table of entities becomes registrations. */
const MAPPING = {
  version: 1,
  source: '/bench/registry',
  rules: [
    {
      name: 'registration',
      type: 'enterprise.registered',
      id: { columns: ['代码'], prefix: 'REG-' },
      subject: { column: '代码' },
      time: { column: '日期' },
      region: { column: '区划' },
      industry: { column: '行业' },
      data: {
        name: { column: '名称' },
        kind: { column: '类型' },
        capital: { column: '注册资本(万元)', unit: 10_000 },
        address: { column: '住所' },
        legalRepresentative: { name: { column: '法定代表人' }, idNumber: { column: '证件号码' } },
        phone: { column: '电话' },
        scope: { column: '经营范围' },
      },
    },
  ],
}

/** The initial load of a province: its register as a table, then its history as events. */
export const initialLoad = defineBenchmark({
  name: 'import',
  what: '`yujing import` of a register (CSV by a mapping) and of history (NDJSON), until all is stored and judged',
  settings: {
    entities: { what: 'rows of the register', unit: '', value: 4_300_000, small: 1_500 },
    events: { what: 'events of the history', unit: '', value: 10_000_000, small: 3_000 },
    days: { what: 'of history', unit: 'd', value: 300, small: 300 },
  },
  async run({ settings, tell, signal }) {
    const { entities, events, days } = settings
    return onStage(
      { signal },
      async (work) => {
        tell(`writing ${entities} rows and ${events} events`)
        const start = Math.floor(Date.now() - days * DAY_MS)
        const rate = (events * 1.1 + 100) / days / 86_400
        const province = createProvince({
          seed: 'initial load',
          enterprises: entities,
          rate,
          days,
          start,
          rhythm: 'even',
          incidents: [],
        })
        const mapping = join(work, 'mapping.json')
        await writeFile(mapping, JSON.stringify(MAPPING))
        const table = join(work, 'register.csv')
        const rows = await writeLines(table, tableOf(province.initial()), entities + 1)
        const history = join(work, 'history.ndjson')
        const lines = await writeLines(history, linesOf(province.events(), province.now), events)
        return { table, mapping, history, rows: rows - 1, events: lines }
      },
      async (stage, { table, mapping, history, rows, events: lines }) => {
        const { service } = stage
        const memory: { service: number; nats: number; clickhouse: number }[] = []
        const sampling = setInterval(() => {
          const { parts } = usageOf(service.pid)
          memory.push({
            service: parts.service.rss / MIB,
            nats: parts['nats-server'].rss / MIB,
            clickhouse: parts.clickhouse.rss / MIB,
          })
        }, 1_000)
        stage.onEnd(() => clearInterval(sampling))
        const before = usageOf(service.pid)
        tell('importing the register')
        const first = await importing(service, [table, '--mapping', mapping], stage.onEnd, signal)
        tell(`${first.summary.rate} rows/s; importing the history`)
        const second = await importing(service, [history], stage.onEnd, signal)
        const started = performance.now()
        await storedUpTo(service, rows + lines, signal)
        while ((await metricSum(service, 'yujing_log_lag{consumer="detect"}')) > 0)
          await new Promise((later) => setTimeout(later, 200))
        const settling = (performance.now() - started) / 1_000
        const after = usageOf(service.pid)
        for (const [what, count, { summary }] of [
          ['register', rows, first],
          ['history', lines, second],
        ] as const) {
          const { accepted, rejected } = summary
          if (accepted !== count || rejected > 0)
            throw new Error(`${what}: ${accepted} of ${count} accepted, ${rejected} rejected`)
        }
        const cpu = cpuOf(after) - cpuOf(before)
        const column = (name: 'service' | 'nats' | 'clickhouse'): Figure => ({
          name: `${name} memory`,
          unit: 'MiB',
          values: memory.map((one) => one[name]),
        })
        return {
          figures: [
            single('register', 'rows/s', rows / first.seconds),
            single('history', 'events/s', lines / second.seconds),
            single('both, start of the commands included', 's', first.seconds + second.seconds),
            single('until all was stored and judged, after the last answer', 's', settling),
            single('memory of the import, register', 'MiB', first.peakMiB),
            single('memory of the import, history', 'MiB', second.peakMiB),
            single('CPU of the import, register', 'us/row', (first.cpu * 1e6) / rows),
            single('CPU of the import, history', 'us/event', (second.cpu * 1e6) / lines),
            single('CPU of the service and its children', 'us/event', (cpu * 1e6) / (rows + lines)),
            column('service'),
            column('nats'),
            column('clickhouse'),
          ],
          notes: [`${rows} rows and ${lines} events over ${days} days, every one stored once`],
        }
      },
    )
  },
})

interface Imported {
  readonly summary: RunSummary
  readonly seconds: number
  readonly cpu: number
  readonly peakMiB: number
}

/** Runs the built command as history; its CPU and its largest memory are read while it lives. */
async function importing(
  service: Service,
  args: readonly string[],
  onEnd: (end: () => unknown) => void,
  signal: AbortSignal,
): Promise<Imported> {
  const started = performance.now()
  const child = spawn(
    process.execPath,
    [join(packageRoot(), 'dist/src/main.js'), 'import', ...args, '--backfill', '--json'],
    {
      env: { PATH: process.env.PATH, YUJING_KEY: service.adminKey, YUJING_DATA_DIR: service.dataDir },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  onEnd(() => child.kill('SIGKILL'))
  const stop = () => child.kill()
  signal.addEventListener('abort', stop)
  let out = ''
  let used = { cpu: 0, peakMiB: 0 }
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  const watching = setInterval(() => {
    used = usedBy(child.pid as number) ?? used
  }, 250)
  const [code] = (await once(child, 'close')) as [number | null]
  clearInterval(watching)
  signal.removeEventListener('abort', stop)
  if (code !== 0) throw new Error(`the import ended with ${code}`)
  return { summary: JSON.parse(out) as RunSummary, seconds: (performance.now() - started) / 1_000, ...used }
}

const cpuOf = ({ parts }: ServiceUsage) => Object.values(parts).reduce((sum, { cpu }) => sum + cpu, 0)

const TICKS_A_SECOND = 100

function usedBy(pid: number): { cpu: number; peakMiB: number } | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    // One that has ended and is not waited for yet tells its CPU alone.
    if (peak === undefined) return null
    return { cpu: (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND, peakMiB: Number(peak) / 1_024 }
  } catch {
    return null
  }
}

function* tableOf(events: Iterable<CloudEvent>): Generator<string> {
  yield COLUMNS.join(',')
  for (const { type, subject, time, region, industry, data } of events) {
    if (type !== 'enterprise.registered') continue
    const { name, kind, capital, address, legalRepresentative: person, phone, scope } = data as Record<string, unknown>
    const { name: called, idNumber } = person as { name?: string; idNumber?: string }
    const cells = [
      subject,
      time.slice(0, 10),
      region,
      industry,
      name,
      kind,
      Number(capital) / 10_000,
      address,
      called,
      idNumber,
      phone,
      scope,
    ]
    yield cells
      .map((cell) => String(cell ?? ''))
      .map((cell) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
      .join(',')
  }
}

function* linesOf(events: Iterable<CloudEvent>, until: number): Generator<string> {
  for (const event of events) {
    if (Date.parse(event.time) > until) return
    yield JSON.stringify(event)
  }
}

/** Writes at most so many lines; answers with how many. */
async function writeLines(file: string, lines: Iterable<string>, most: number): Promise<number> {
  const stream = createWriteStream(file)
  let count = 0
  let held: string[] = []
  for (const line of lines) {
    if (count++ === most) break
    held.push(`${line}\n`)
    if (held.length < 5_000) continue
    if (!stream.write(held.join(''))) await once(stream, 'drain')
    held = []
  }
  stream.end(held.join(''))
  await once(stream, 'close')
  return Math.min(count, most)
}
