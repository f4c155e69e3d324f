import { createDoor, type Door, type DoorOptions } from '../../src/ingest/door.ts'
import { INGEST_LIMITS } from '../../src/ingest/limits.ts'
import { EventPress } from '../../src/ingest/prepare/event-press.ts'
import { createPreparer } from '../../src/ingest/prepare/prepare.ts'
import type { PreparedEvents } from '../../src/ingest/prepared-events.ts'
import type { IngestRights } from '../../src/ingest/rights.ts'
import type { IngestAnswer } from '../../src/ingest/tally.ts'
import { createWriter, type Writer, type WriterOptions } from '../../src/ingest/writer/writer.ts'
import type { AppendOutcome, WriterPort } from '../../src/ingest/writer-port.ts'
import type { EventType } from '../../src/model/catalogue/catalogue.ts'
import { CATALOGUE } from '../../src/model/catalogue/catalogue.ts'
import { CREDIT_CODE_ALPHABET, creditCheckCharacter } from '../../src/model/credit-code.ts'
import type { CanonicalEvent } from '../../src/model/event.ts'
import type { Lane } from '../../src/model/lane.ts'
import { decodeBatch } from '../../src/model/row.ts'
import type { TimeSources } from '../../src/telemetry/clock.ts'
import { createGuardedClock } from '../../src/telemetry/guarded-clock.ts'
import { silentLogger } from '../../src/telemetry/logger.ts'
import { createMetrics, type Metrics } from '../../src/telemetry/metrics.ts'
import { MemoryLog } from '../support/memory-log.ts'
import { MemoryHistory, MemoryQuarantine, MemorySnapshots } from '../support/memory-stores.ts'

export const NOW = Date.parse('2026-11-23T08:00:00+08:00')
export const PERSON_KEY = Buffer.from('a key for tests, thirty-two bytes')

export const ALL_RIGHTS: IngestRights = { sources: 'all', types: 'all', areas: 'all', backfill: true, retracts: true }

/** A machine whose time stands until it is moved: `time` moves both its clocks, `jump` the one on the wall alone. */
export class TestClock implements TimeSources {
  time = NOW
  #jumped = 0
  wall = (): number => this.time + this.#jumped
  monotonic = (): number => this.time
  readonly guarded = createGuardedClock(this)

  jump(milliseconds: number): void {
    this.#jumped += milliseconds
  }
}

/** A door over a real writer over a log, all in memory unless replaced. */
export interface Setting {
  readonly log: MemoryLog
  readonly snapshots: MemorySnapshots
  readonly history: MemoryHistory
  readonly clock: TestClock
  readonly quarantine: MemoryQuarantine
  readonly metrics: Metrics
  readonly writer: TestWriter
  /** The same as the door has it. */
  readonly port: WriterPort
  readonly door: Door
  /** Sends events as NDJSON. */
  send(...events: unknown[]): Promise<IngestAnswer>
  logged(): ReturnType<typeof decodeBatch>
}

export function createSetting(
  writerOptions: Partial<WriterOptions> = {},
  doorOptions: Partial<DoorOptions> = {},
): Setting {
  const log = new MemoryLog()
  const snapshots = new MemorySnapshots()
  const history = new MemoryHistory(log)
  const clock = new TestClock()
  const quarantine = new MemoryQuarantine()
  const metrics = createMetrics()
  const common = { clock: clock.guarded, logger: silentLogger(), metrics }
  const writer = createWriter({
    log: log.connect(),
    snapshots,
    history,
    ...common,
    instance: 'test',
    gatherMs: 0,
    onReconnect: log.onReconnect,
    quarantine: async (event, code) => {
      const { source, id } = event
      await quarantine.put({ code, reason: '', source, id, receivedAt: clock.time, payload: '' }, `${code} ${id}`)
    },
    ...writerOptions,
  })
  const door = createDoor({
    writer,
    preparer: createPreparer({ personKey: PERSON_KEY, limits: doorOptions.limits ?? INGEST_LIMITS }),
    personKey: PERSON_KEY,
    quarantine,
    ...common,
    limits: INGEST_LIMITS,
    ...doorOptions,
  })
  return {
    log,
    snapshots,
    history,
    clock,
    quarantine,
    metrics,
    writer: byHand(writer),
    port: writer,
    door,
    send: (...events) =>
      door.accept(request('application/x-ndjson', events.map((event) => JSON.stringify(event)).join('\n'))),
    logged: () => log.messages.filter(({ kind }) => kind === 'rows').flatMap(({ payload }) => decodeBatch(payload)),
  }
}

/** Events as the door hands them over. */
export function pressed(events: readonly CanonicalEvent[]): PreparedEvents {
  const press = new EventPress()
  for (const event of events) press.add(event)
  return press.take()
}

/** A writer that takes events as tests write them. */
export type TestWriter = Omit<Writer, 'append'> & {
  append(events: readonly CanonicalEvent[], lane?: Lane): Promise<AppendOutcome[]>
}

export function byHand(writer: Writer): TestWriter {
  return { ...writer, append: (events, lane) => writer.append(pressed(events), lane) }
}

export function request(
  contentType: string | undefined,
  body: string | Buffer,
  more: Partial<Parameters<Door['accept']>[0]> = {},
) {
  return { contentType, contentEncoding: undefined, headers: {}, body: Buffer.from(body), rights: ALL_RIGHTS, ...more }
}

/** A made-up valid credit code; the same number gives the same code. */
export function code(number: number): string {
  let digits = ''
  for (let rest = number; digits.length < 7; rest = Math.floor(rest / 31)) {
    digits = CREDIT_CODE_ALPHABET.charAt(rest % 31) + digits
  }
  const first17 = `91140105MA${digits}`
  return first17 + creditCheckCharacter(first17)
}

let counter = 0

/** A CloudEvent of a type with the data of its example. */
export function cloudEvent(type: EventType, more: Record<string, unknown> = {}): Record<string, unknown> {
  counter += 1
  const rule = CATALOGUE[type].subject
  return {
    specversion: '1.0',
    id: `event-${counter}`,
    source: '/sx/test',
    type,
    ...(rule === 'none' || rule === 'optional' ? {} : { subject: '91140105MA0K2914XG' }),
    time: '2026-11-23T07:30:00+08:00',
    region: '140105',
    datacontenttype: 'application/json',
    data: CATALOGUE[type].example,
    ...(type === 'event.retracted' ? { retracts: 'another' } : {}),
    ...more,
  }
}

/** A canonical event, for tests behind the door. */
export function canonical(more: Partial<CanonicalEvent> = {}): CanonicalEvent {
  counter += 1
  return {
    source: '/sx/test',
    id: `canonical-${counter}`,
    type: 'complaint.filed',
    subject: '91140105MA0K2914XG',
    time: NOW,
    region: '140105',
    regionOriginal: '',
    industry: '',
    backfill: false,
    test: false,
    retracts: '',
    data: { number: 'n', issue: 'refund' },
    ...more,
  }
}
