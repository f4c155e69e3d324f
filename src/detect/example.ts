import type { Control } from '../model/control.ts'
import type { CanonicalEvent, RegisterFacts } from '../model/event.ts'
import type { Finding } from '../model/finding.ts'
import type { Level } from '../model/level.ts'
import { encodeRow, MAX_ROWS } from '../model/row.ts'
import { businessDayStart, DAY_MS } from '../model/time.ts'
import type { Detector } from './contract.ts'
import { createShard } from './shard.ts'
import { ALL_PARTITIONS } from './statistics/hash.ts'

/** An event of an example: its type and what matters about it; everything else has a harmless default. */
export interface ExampleEvent {
  readonly type: string
  /** `2026-11-23` (noon) or `2026-11-23T09:00`, in +08:00. */
  readonly at: string
  readonly subject?: string
  readonly region?: string
  readonly industry?: string
  readonly backfill?: boolean
  readonly data?: Readonly<Record<string, unknown>>
  readonly register?: RegisterFacts
}

/** A case in the field's words: what happened, in the order it became known, and what the detector says of it. */
export interface Example {
  readonly name: string
  readonly given: readonly ExampleEvent[]
  /** `2026-11-23`: thereupon time passes to the beginning of that day, and the source has sent everything before it. */
  readonly completeUntil?: string
  /** The last finding of the case; absent for a case that stays quiet. */
  readonly expect?: {
    readonly level: Level
    readonly observed: number
    readonly threshold: number
    readonly says: string
  }
}

/** A credit code of no one in particular, used where an example does not care. */
export const SOMEONE = '91140105MA0K2914XG'

/** Epoch milliseconds of an example's time. */
export function exampleTime(at: string): number {
  return Date.parse(at.includes('T') ? `${at}:00+08:00` : `${at}T12:00:00+08:00`)
}

/** `count` events a day apart, the first on `from` (a date); what differs between them comes from `vary`. */
export function daily(from: string, count: number, vary: (n: number) => Omit<ExampleEvent, 'at'>): ExampleEvent[] {
  const first = Math.round((exampleTime(`${from}T00:00`) - businessDayStart(0)) / DAY_MS)
  return Array.from({ length: count }, (_, n) => ({
    ...vary(n),
    at: new Date((first + n) * DAY_MS).toISOString().slice(0, 10),
  }))
}

/** Runs an example through a whole shard and returns all its findings. */
export function runExample(detector: Detector, example: Example): Finding[] {
  const shard = createShard({ epoch: EPOCH, detectors: [detector], partitions: ALL_PARTITIONS })
  const findings: Finding[] = []
  for (let first = 0; first < example.given.length; first += MAX_ROWS) {
    const batch = example.given.slice(first, first + MAX_ROWS)
    const seq = first / MAX_ROWS + 1
    const payload = new TextEncoder().encode(batch.map((event, index) => rowOf(event, seq, index)).join('\n'))
    findings.push(...shard.apply({ seq, kind: 'rows', count: batch.length, payload }))
  }
  if (example.completeUntil === undefined) return findings
  const through = exampleTime(`${example.completeUntil}T00:00`)
  const controls: Control[] = [
    { type: 'yujing.tick', data: {} },
    { type: 'yujing.completeness', data: { source: SOURCE, through, by: SOURCE } },
  ]
  for (const control of controls) {
    const seq = shard.position() + 1
    const payload = new TextEncoder().encode(JSON.stringify({ ...control, epoch: EPOCH, seq, at: through }))
    findings.push(...shard.apply({ seq, kind: 'control', count: 1, payload }))
  }
  return findings
}

const EPOCH = '0'.repeat(16)
const SOURCE = '/example'

function rowOf(given: ExampleEvent, seq: number, index: number): string {
  const time = exampleTime(given.at)
  const event: CanonicalEvent = {
    source: SOURCE,
    id: `${seq}-${index}`,
    type: given.type,
    subject: given.subject ?? SOMEONE,
    time,
    region: given.region ?? '140105',
    regionOriginal: '',
    industry: given.industry ?? '',
    backfill: given.backfill ?? false,
    test: false,
    retracts: '',
    data: given.data ?? {},
  }
  const position = { epoch: EPOCH, seq, index }
  const logged = { ...event, position, receivedAt: time + 1_000, register: given.register ?? {}, keys: [] }
  return encodeRow(logged, { idHash: '0', contentHash: '0' })
}
