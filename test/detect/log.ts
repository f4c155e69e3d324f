import type { Detector } from '../../src/detect/contract.ts'
import type { ControlAt } from '../../src/detect/replay-key.ts'
import { createShard, type Shard } from '../../src/detect/shard.ts'
import { ALL_PARTITIONS } from '../../src/detect/statistics/hash.ts'
import type { Control, ControlEntry } from '../../src/model/control.ts'
import type { CorrectionKind } from '../../src/model/correction.ts'
import type { CanonicalEvent, LoggedEvent, RegisterFacts } from '../../src/model/event.ts'
import type { Finding } from '../../src/model/finding.ts'
import type { LogMessage } from '../../src/model/log-message.ts'
import { decodeBatch, encodeRow } from '../../src/model/row.ts'

export const EPOCH = 'e'.repeat(16)

/** An event as a test tells it. `at` is the event time; `receivedAt` defaults to a second later. */
export interface Told extends Partial<CanonicalEvent> {
  readonly type: string
  readonly subject: string
  readonly at: number
  readonly receivedAt?: number
  readonly register?: RegisterFacts
}

/** Epoch milliseconds of `2026-11-23` (noon) or `2026-11-23T09:00`, in +08:00. */
export function time(text: string): number {
  return Date.parse(text.includes('T') ? `${text}:00+08:00` : `${text}T12:00:00+08:00`)
}

/** A log in memory: batches and control entries with the sequence the writer would give them. */
export class TestLog {
  readonly messages: LogMessage[] = []
  readonly epoch: string
  private told = 0

  constructor(epoch = EPOCH) {
    this.epoch = epoch
  }

  get last(): number {
    return this.messages.length
  }

  rows(...events: readonly Told[]): this {
    const seq = this.last + 1
    const lines = events.map((told, index) => {
      const position = { epoch: this.epoch, seq, index }
      return encodeRow(loggedEvent(told, position, this.told++), { idHash: '1', contentHash: '1' })
    })
    return this.push('rows', events.length, lines.join('\n'))
  }

  /**
   * An event that corrects the one at a position, as the writer puts it down: a withdrawal unless it says otherwise.
   * `undone`: what the register undoes; by default the other way round of what the original did there.
   */
  correction(at: { seq: number; index: number }, correcting: Partial<Told> & { at: number; undone?: RegisterFacts }) {
    const message = this.messages[at.seq - 1]
    const original = message && decodeBatch(message.payload)[at.index]
    if (original === undefined) throw new Error(`nothing stands at ${at.seq}/${at.index}`)
    const { corrects: _, ...facts } = original.register
    const { undone = { joined: facts.left, left: facts.joined }, register, ...told } = correcting
    const type = told.type ?? 'event.retracted'
    const kind: CorrectionKind = type === 'event.retracted' ? 'withdrawn' : 'replaced'
    const stood = { ...original, register: facts }
    return this.rows({
      type,
      subject: original.subject,
      retracts: original.id,
      test: original.test,
      ...told,
      register: { ...register, corrects: { kind, of: original.idHash, original: stood, undone } },
    } as Told)
  }

  control(control: Control, at: number): this {
    return this.push('control', 1, JSON.stringify({ ...control, epoch: this.epoch, seq: this.last + 1, at }))
  }

  tick(at: number): this {
    return this.control({ type: 'yujing.tick', data: {} }, at)
  }

  /** The source has sent everything before `through`. */
  complete(source: string, through: number, at: number): this {
    return this.control({ type: 'yujing.completeness', data: { source, through, by: 'test' } }, at)
  }

  private push(kind: LogMessage['kind'], count: number, text: string): this {
    this.messages.push({ seq: this.last + 1, kind, count, payload: new TextEncoder().encode(text) })
    return this
  }
}

function loggedEvent(told: Told, position: LoggedEvent['position'], n: number): LoggedEvent {
  const { at, ...rest } = told
  return {
    source: '/test',
    id: `E${n}`,
    region: '140105',
    regionOriginal: '',
    industry: '',
    backfill: false,
    test: false,
    retracts: '',
    data: {},
    register: {},
    keys: [],
    receivedAt: at + 1_000,
    ...rest,
    time: at,
    position,
  }
}

/** What a key is counted again from: all rows of a log, and its control entries. */
export function historyOf({ messages }: TestLog): { events: LoggedEvent[]; controls: ControlAt[] } {
  const events = messages.flatMap(({ kind, payload }) => (kind === 'rows' ? decodeBatch(payload) : []))
  const controls = messages.flatMap(({ kind, payload }): ControlAt[] => {
    if (kind !== 'control') return []
    const { epoch, seq, at, ...control } = JSON.parse(new TextDecoder().decode(payload)) as ControlEntry
    return [{ position: { epoch, seq, index: 0 }, at, control: control as ControlAt['control'] }]
  })
  return { events, controls }
}

export function shardOf(detectors: readonly Detector[], partitions: readonly number[] = ALL_PARTITIONS): Shard {
  return createShard({ epoch: EPOCH, detectors, partitions })
}

/** All findings of one uninterrupted pass. */
export function run(detectors: readonly Detector[], log: TestLog): Finding[] {
  const shard = createShard({ epoch: log.epoch, detectors, partitions: ALL_PARTITIONS })
  return log.messages.flatMap((message) => shard.apply(message))
}
