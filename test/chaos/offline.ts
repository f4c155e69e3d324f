import type { LogConnection } from '../../src/log/connection.ts'
import type { StoredAlert } from '../../src/model/alert.ts'
import type { EventRef } from '../../src/model/event.ts'
import type { LogMessage } from '../../src/model/log-message.ts'
import { decodeBatch } from '../../src/model/row.ts'
import { passOffline } from '../../src/offline-pass.ts'

/** What one message of rows holds, in numbers that ClickHouse can count as well. */
export interface MessageSum {
  readonly rows: number
  /** Exclusive or over the hashes of ids and contents. */
  readonly ids: bigint
  readonly contents: bigint
}

/** What the stored log says by itself, without the service. */
export interface Offline {
  readonly epoch: string
  readonly lastSeq: number
  readonly rows: number
  readonly alerts: ReadonlyMap<string, StoredAlert>
  /** Source and id of the events of each alert's evidence, newest first. */
  readonly evidence: ReadonlyMap<string, readonly EventRef[]>
  readonly messages: ReadonlyMap<number, MessageSum>
  /** Control entries, by sequence. */
  readonly controls: ReadonlySet<number>
  /** How often the log holds each number of a source. */
  readonly ids: ReadonlyMap<string, Tally>
  /** Writers' terms: how often the right to append was taken anew. */
  readonly terms: number
}

/**
 * Folds the whole log in one go with empty state, and lets the desk's rules put the findings into alerts: what a service
 * that was never disturbed would have come to.
 */
export async function readOffline(log: LogConnection): Promise<Offline> {
  const lastSeq = await log.events.last()
  const messages = new Map<number, MessageSum>()
  const controls = new Set<number>()
  const ids = new Map<string, Tally>()
  let [rows, terms] = [0, 0]

  /** Every message once, counted on its way to the fold. */
  async function* counted(): AsyncGenerator<LogMessage> {
    const reading = new AbortController()
    if (lastSeq === 0) return
    for await (const message of log.events.read(1, reading.signal)) {
      if (message.kind === 'rows') rows += count(message)
      else if (new TextDecoder().decode(message.payload).includes('"yujing.writer"')) terms += 1
      if (message.kind === 'control') controls.add(message.seq)
      yield message
      if (message.seq >= lastSeq) break
    }
    reading.abort()
  }

  function count({ seq, payload }: LogMessage): number {
    const events = decodeBatch(payload)
    let sum = { rows: 0, ids: 0n, contents: 0n }
    for (const { source, id, idHash, contentHash } of events) {
      const ofSource = ids.get(source) ?? createTally()
      ids.set(source, ofSource)
      ofSource.add(Number(id))
      sum = {
        rows: sum.rows + 1,
        ids: sum.ids ^ BigInt(idHash),
        contents: sum.contents ^ BigInt(contentHash),
      }
    }
    messages.set(seq, sum)
    return events.length
  }

  const { saved } = await passOffline({ epoch: log.epoch, messages: counted() })
  const evidence = await referencesOf(log, [...saved.values()])
  return { epoch: log.epoch, lastSeq, rows, alerts: saved, evidence, messages, controls, ids, terms }
}

/** How often each whole number from 1 on was met; millions of them in a byte each. */
export interface Tally {
  add(number: number): void
  times(number: number): number
  /** Numbers met at least once. */
  distinct(): number
}

function createTally(): Tally {
  let bytes = new Uint8Array(1_024)
  let distinct = 0
  return {
    add(number) {
      while (number >= bytes.length) {
        const grown = new Uint8Array(bytes.length * 2)
        grown.set(bytes)
        bytes = grown
      }
      if (bytes[number] === 0) distinct += 1
      bytes[number] = Math.min(255, (bytes[number] ?? 0) + 1)
    },
    times: (number) => bytes[number] ?? 0,
    distinct: () => distinct,
  }
}

async function referencesOf(log: LogConnection, alerts: readonly StoredAlert[]): Promise<Map<string, EventRef[]>> {
  const wanted = new Set(alerts.flatMap(({ eventPositions }) => eventPositions.map(({ seq }) => seq)))
  const read = new Map<number, EventRef[]>()
  for (const seq of wanted) {
    const message = await log.events.get(seq)
    read.set(seq, message === null ? [] : decodeBatch(message.payload).map(({ source, id }) => ({ source, id })))
  }
  return new Map(
    alerts.map(({ id, eventPositions }) => [
      id,
      eventPositions.flatMap(({ seq, index }) => read.get(seq)?.[index] ?? []),
    ]),
  )
}
