import { isWorkingDay } from '../../src/model/calendar.ts'
import { YujingError } from '../../src/model/errors.ts'
import type { CanonicalEvent } from '../../src/model/event.ts'
import type { Finding } from '../../src/model/finding.ts'
import type { SourceRecord, SourceRegistration } from '../../src/model/source.ts'
import { createSourceBoard, type SourceBoard } from '../../src/sources/board.ts'
import type { AlarmPort, Mirrored } from '../../src/sources/ports.ts'
import { createSourceRegister, type SourceChange, type SourceRegister } from '../../src/sources/register.ts'
import type { Tally } from '../../src/sources/tally.ts'
import { createSourceWatch, type SourceWatch } from '../../src/sources/watch.ts'
import { silentLogger } from '../../src/telemetry/logger.ts'
import { createMetrics, type Metrics } from '../../src/telemetry/metrics.ts'
import { TestClock } from '../ingest/setting.ts'
import { MemoryBucket } from '../support/memory-bucket.ts'

export const COMPLAINTS: SourceRegistration = {
  name: '/sx/12315',
  owner: '12315 中心',
  contact: '0351-0000000',
  transport: 'http',
  cadence: { kind: 'live' },
  expected: null,
  detectors: ['complaint-surge'],
  strong: false,
  areas: ['140100'],
}

/** No calendar is in force: Monday to Friday. */
export const isWeekday = (day: number) => isWorkingDay({}, day)

let counter = 0

export function canonical(more: Partial<CanonicalEvent> = {}): CanonicalEvent {
  counter += 1
  return {
    source: '/sx/12315',
    id: `event-${counter}`,
    type: 'complaint.filed',
    subject: '91140105MA0K2914XG',
    time: 0,
    region: '140105',
    regionOriginal: '',
    industry: '6210',
    backfill: false,
    test: false,
    retracts: '',
    data: {},
    ...more,
  }
}

/** The sources of a service without its log: register, watch and board over one bucket, and a clock moved by hand. */
export interface Setting {
  readonly clock: TestClock
  readonly register: SourceRegister
  readonly board: SourceBoard
  readonly metrics: Metrics
  /** What was written into the log. */
  readonly told: SourceChange[]
  readonly marks: object[]
  /** What the desk hears of sources. */
  readonly findings: Finding[]
  isLogAway: boolean
  /** Events that the writer stored. */
  arrive(...events: CanonicalEvent[]): void
  repeat(...events: CanonicalEvent[]): void
  /** Time passes; silence is judged each minute of it. `each` is called before. */
  pass(milliseconds: number, each?: (now: number) => void): Promise<void>
  /** The service stands still: nobody listens. */
  sleep(milliseconds: number): void
  /** Another lead begins with what this one has kept. */
  anotherLead(): Promise<void>
  /** The same, while the one before stands still and has not noticed. */
  overtaken(): SourceWatch
  refused: readonly { source: string; today: number; week: number }[] | Error
}

const MINUTE_MS = 60_000

export function createSetting(): Setting {
  const clock = new TestClock()
  const metrics = createMetrics()
  const bucket = new MemoryBucket<unknown>()
  const records = mirror<SourceRecord>()
  const tallies = mirror<Tally>()
  const told: SourceChange[] = []
  const marks: object[] = []
  const register = createSourceRegister({
    records,
    bucket,
    clock: clock.guarded,
    isDetector: (id) => ['complaint-surge', 'penalty-unsettled'].includes(id),
    tell: async (change) => void told.push(change),
    mark: async (mark) => void marks.push(mark),
  })
  const keeping = {
    async put(key: string, value: Tally) {
      const revision = await bucket.put(key, value)
      tallies.apply(key, structuredClone(value), revision)
      return revision
    },
  }
  const common = { clock: clock.guarded, isWorkingDay: isWeekday, logger: silentLogger(), metrics }
  const findings: Finding[] = []
  const alarm: AlarmPort = {
    position: async () => ({ epoch: 'e'.repeat(16), seq: 1, index: 0 }),
    async tell(finding) {
      if (setting.isLogAway) throw new YujingError('log.unavailable')
      findings.push(finding)
    },
    restsOn: (id) => (id === 'penalty-unsettled' ? 'absence' : 'events'),
  }
  let terms = 0
  const begin = () => {
    const term = ++terms
    return createSourceWatch({ register, tallies, bucket: keeping, mayKeep: () => term === terms, alarm, ...common })
  }
  let watch: SourceWatch = begin()
  const setting: Setting = {
    clock,
    register,
    metrics,
    told,
    marks,
    findings,
    isLogAway: false,
    refused: [],
    board: createSourceBoard({
      register,
      tallies,
      refused: async () => {
        if (setting.refused instanceof Error) throw setting.refused
        return setting.refused
      },
      ...common,
    }),
    arrive: (...events) =>
      watch.count(
        events,
        events.map(() => ({ kind: 'stored' })),
      ),
    repeat: (...events) =>
      watch.count(
        events,
        events.map(() => ({ kind: 'duplicate' })),
      ),
    async pass(milliseconds, each) {
      const end = clock.time + milliseconds
      while (clock.time < end) {
        each?.(clock.time)
        clock.time += MINUTE_MS
        watch.judge()
      }
      await watch.keep()
    },
    sleep(milliseconds) {
      clock.time += milliseconds
    },
    async anotherLead() {
      await watch.stop()
      watch = begin()
    },
    overtaken() {
      const before = watch
      watch = begin()
      return before
    },
  }
  return setting
}

function mirror<T>(): Mirrored<T> {
  const values = new Map<string, { value: T; revision: number }>()
  return {
    get: (id) => values.get(id) ?? null,
    all: () => values.entries(),
    apply(id, value, revision) {
      if (value === null) values.delete(id)
      else values.set(id, { value, revision })
    },
  }
}
