import { createHash } from 'node:crypto'
import type { ControlEntry } from '../../src/model/control.ts'
import type { EventKey, LoggedEvent, RegisterFacts } from '../../src/model/event.ts'
import type { LogMessage } from '../../src/model/log-message.ts'
import { type EventHashes, encodeRow } from '../../src/model/row.ts'
import type { StoreLog } from '../../src/store/writer/ports.ts'

export const EPOCH = '0123456789abcdef'

/** What a test says of an event; the rest is filled in. */
export interface Told {
  readonly id?: string
  readonly type?: string
  readonly subject?: string
  readonly time?: number
  readonly region?: string
  readonly industry?: string
  readonly backfill?: boolean
  readonly retracts?: string
  readonly data?: Record<string, unknown>
  readonly register?: RegisterFacts
  readonly keys?: EventKey[]
}

export const RECEIVED = Date.parse('2026-11-23T08:00:00+08:00')

/** An event at its place; its id follows from the place unless it is told. */
export function eventAt(seq: number, index: number, told: Told = {}, epoch = EPOCH): LoggedEvent & EventHashes {
  const id = told.id ?? `e-${seq}-${index}`
  const digest = createHash('sha256').update(id).digest('hex')
  return {
    position: { epoch, seq, index },
    receivedAt: RECEIVED + seq * 1_000,
    source: '/sx/test',
    id,
    type: told.type ?? 'complaint.filed',
    subject: told.subject ?? '91140105MA0K2914XG',
    time: told.time ?? RECEIVED - 3_600_000 + seq * 1_000 + index,
    region: told.region ?? '140105',
    regionOriginal: '',
    industry: told.industry ?? '6210',
    backfill: told.backfill ?? false,
    test: false,
    retracts: told.retracts ?? '',
    data: told.data ?? { number: id, issue: '退款', text: '带引号"与\n换行' },
    register: told.register ?? {},
    keys: told.keys ?? [['person', `p1${digest.slice(0, 32)}`]],
    idHash: BigInt(`0x${digest.slice(0, 32)}`).toString(),
    contentHash: BigInt(`0x${digest.slice(32, 48)}`).toString(),
  }
}

/** A log in memory: gapless from 1, endless to read. */
export interface TestLog extends StoreLog {
  readonly messages: LogMessage[]
  rows(...events: Told[]): LogMessage
  control(entry: Pick<ControlEntry, 'type' | 'data'>): LogMessage
  /** A message of rows as they are given, whatever they are. */
  raw(lines: readonly string[]): LogMessage
}

export function createTestLog(epoch = EPOCH): TestLog {
  const messages: LogMessage[] = []
  const waiting: (() => void)[] = []
  const wake = () => {
    for (const resolve of waiting.splice(0)) resolve()
  }
  const append = (kind: LogMessage['kind'], count: number, text: string) => {
    const message = { seq: messages.length + 1, kind, count, payload: new TextEncoder().encode(text) }
    messages.push(message)
    wake()
    return message
  }
  return {
    epoch,
    messages,
    last: async () => messages.length,
    async *read(fromSeq, signal) {
      for (let seq = fromSeq; !signal.aborted; ) {
        const message = messages[seq - 1]
        if (message) {
          yield message
          seq += 1
          continue
        }
        await new Promise<void>((resolve) => {
          waiting.push(resolve)
          signal.addEventListener('abort', () => resolve(), { once: true })
        })
      }
    },
    rows(...events) {
      const seq = messages.length + 1
      const lines = events.map((told, index) => {
        const event = eventAt(seq, index, told, epoch)
        return encodeRow(event, event)
      })
      return append('rows', lines.length, lines.join('\n'))
    },
    control(entry) {
      return append('control', 1, JSON.stringify({ ...entry, epoch, seq: messages.length + 1, at: RECEIVED }))
    },
    raw: (lines) => append('rows', lines.length, lines.join('\n')),
  }
}
