import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { detectors } from '../../detectors/index.ts'
import { Cell } from '../../src/detect/cell.ts'
import type { Detector } from '../../src/detect/contract.ts'
import { planOf } from '../../src/detect/plan.ts'
import { PARTITIONS, partitionOf } from '../../src/detect/statistics/hash.ts'
import { RegisterTable } from '../../src/ingest/writer/register-table.ts'
import type { LoggedEvent } from '../../src/model/event.ts'
import { businessDay, DAY_MS, formatDay } from '../../src/model/time.ts'
import { defineBenchmark, type Figure, single } from './benchmark.ts'
import { probeCode } from './sentinel.ts'

const START = Date.parse('2026-06-01T00:00:00+08:00')

/** State of detection and register in memory, by their own accounts and by the process's. */
export const memory = defineBenchmark({
  name: 'memory',
  what: 'bytes a key and window of detection, sparse and dense, and bytes an enterprise of the register',
  settings: {
    keys: { what: 'active keys of each detector at the simulator’s mix', unit: '', value: 1_000_000, small: 500 },
    dense: { what: 'keys with an event every day', unit: '', value: 10_000, small: 10 },
    members: { what: 'complainants a day of one key', unit: '', value: 10_000, small: 300 },
    enterprises: { what: 'in the register', unit: '', value: 1_000_000, small: 2_000 },
  },
  async run({ settings, tell, signal }) {
    const { keys, dense, members, enterprises } = settings
    const figures: Figure[] = []
    for (const detector of detectors) {
      signal.throwIfAborted()
      tell(`${detector.id}: ${keys} keys, then ${dense} dense ones`)
      figures.push(...figuresOf(detector, 'sparse', keys, eventsOfMix))
      const { span } = planOf(detector)
      figures.push(...figuresOf(detector, 'dense', dense, () => Array.from({ length: span }, (_, day) => day)))
    }
    tell(`${members} complainants a day`)
    figures.push(...crowdFigures(members))
    tell(`${enterprises} enterprises`)
    const register = weighed(() => registerOf(enterprises))
    figures.push(
      single('register', 'bytes/enterprise', register.made.bytes / enterprises),
      single('register, resident', 'bytes/enterprise', register.resident / enterprises),
    )
    return {
      figures,
      notes: [
        'sparse and dense: records, lists, rings and tables by the arena’s own account, evidence (the newest 64 events) apart; a stock counts as a window',
        'resident: growth of the process with everything, evidence and unused room too',
      ],
    }
  },
})

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** How much the process grows, in bytes, by what `make` makes and the caller keeps. */
function weighed<T>(make: () => T): { made: T; resident: number } {
  collect()
  const before = process.memoryUsage.rss()
  const made = make()
  collect()
  return { made, resident: process.memoryUsage.rss() - before }
}

/** Most keys see one event in three months, some a few, one in a hundred many; like complaints and addresses do. */
function eventsOfMix(key: number): number[] {
  const count = key % 100 === 0 ? 40 : key % 10 === 0 ? 5 : key % 3 === 0 ? 2 : 1
  return Array.from({ length: count }, (_, n) => (key * 7 + n * 13) % 94).sort((a, b) => a - b)
}

function figuresOf(detector: Detector, name: string, keys: number, daysOf: (key: number) => number[]): Figure[] {
  const { made: cells, resident } = weighed(() => stateOf(detector, keys, daysOf))
  const sum = (of: (cell: Cell) => number) => cells.reduce((total, cell) => total + of(cell), 0)
  const evidence = sum(({ states }) => states.evidenceBytes())
  // What waits has a place of its own for each item: one counts like a window.
  const windows = Object.keys(detector.windows).length + (detector.stock ? 1 : 0) + (detector.deadlines ? 1 : 0)
  const perWindow = (sum(({ states }) => states.bytes) - evidence) / sum(({ states }) => states.keys) / windows
  return [
    single(`${detector.code} ${name}`, 'bytes/key and window', perWindow),
    single(`${detector.code} ${name}, evidence`, 'bytes/key', evidence / keys),
    single(`${detector.code} ${name}, resident`, 'bytes/key', resident / keys),
  ]
}

/** The cells of one detector after events on the given days of each key. */
function stateOf(detector: Detector, keys: number, daysOf: (key: number) => number[]): Cell[] {
  const plan = planOf(detector)
  const cells = Array.from({ length: PARTITIONS }, () => new Cell(plan))
  let count = 0
  for (let key = 0; key < keys; key++)
    for (const day of daysOf(key)) {
      const event = eventOf(detector, key, day, count++)
      for (const touch of detector.keys(event))
        cells[partitionOf(detector.keyKind, touch.key)]?.handle({ event, touch, due: null, logTime: event.receivedAt })
    }
  return cells
}

const CHANGES = [
  { field: 'legalRepresentative', before: { key: 'p1a' }, after: { key: 'p1b' } },
  { field: 'address', before: '太原市小店区长治路1号', after: '太原市小店区长治路2号' },
  { field: 'shareholders', before: [{ holder: '甲', ratio: 1 }], after: [{ holder: '乙', ratio: 1 }] },
]

function eventOf({ keyKind, latenessDays }: Detector, key: number, day: number, count: number): LoggedEvent {
  const time = START + day * DAY_MS + (count % 86_400) * 1_000
  const subject = probeCode(keyKind === 'enterprise' ? key : count)
  return {
    position: { epoch: 'e', seq: Math.floor(count / 1_000) + 1, index: count % 1_000 },
    receivedAt: time,
    source: '/bench',
    id: String(count),
    type: Object.keys(latenessDays)[0] as string,
    subject,
    time,
    region: '140105',
    regionOriginal: '',
    industry: '',
    backfill: false,
    test: false,
    retracts: '',
    // A member for each detector: whom it counts, and that everything it looks for has changed.
    data: {
      complainant: { key: `p1${count}` },
      changes: CHANGES,
      decision: `D${key}`,
      due: formatDay(businessDay(time)),
    },
    register: keyKind === 'address' ? { joined: { address: `a1${key}`, addressKind: 'ordinary' } } : {},
    keys: [],
  }
}

/** One key that draws many complainants a day for as long as it keeps them; one event in ten is a day late. */
function crowdFigures(members: number): Figure[] {
  const detector = detectors.find(({ code }) => code === 'CMP-01')
  if (detector === undefined) throw new Error('the detector of complaints is gone')
  const { memberSpan } = planOf(detector)
  const day = (n: number) => Math.floor(n / members)
  const total = members * memberSpan
  const started = performance.now()
  const [cell] = stateOf(detector, 1, () =>
    Array.from({ length: total }, (_, n) => day(n) - (n % 10 === 0 ? 1 : 0)),
  ).filter(({ states }) => states.keys > 0)
  const took = performance.now() - started
  return [
    single('CMP-01 crowd', 'bytes/member', (cell?.states.bytes ?? 0) / total),
    single('CMP-01 crowd, an event', 'us', (took * 1_000) / total),
  ]
}

function registerOf(enterprises: number): RegisterTable {
  const table = new RegisterTable()
  for (let n = 0; n < enterprises; n++) {
    const hex = n.toString(16).padStart(32, 'a')
    table.set(probeCode(n), {
      status: 'living',
      region: '140105',
      kind: '1130',
      industry: '6210',
      registeredDay: 20_000,
      changedDay: 20_500,
      address: `a1${hex}`,
      addressKind: 'ordinary',
      representative: `p1${hex}`,
      phone: `p1${hex}`,
      agent: `p1${hex}`,
    })
    table.commit()
  }
  return table
}
