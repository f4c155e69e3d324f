import { detectors } from '../../detectors/index.ts'
import { grade } from '../../src/alerts/stages/grade.ts'
import { merge } from '../../src/alerts/stages/merge.ts'
import { createShard } from '../../src/detect/shard.ts'
import { PARTITIONS } from '../../src/detect/statistics/hash.ts'
import type { LogConnection } from '../../src/log/connection.ts'
import type { StoredAlert } from '../../src/model/alert.ts'
import type { EventRef } from '../../src/model/event.ts'
import type { Finding } from '../../src/model/finding.ts'
import { decodeBatch } from '../../src/model/row.ts'

/** What one message of rows holds, in numbers that ClickHouse can count as well. */
export interface MessageSum {
  readonly rows: number
  readonly keys: number
  /** Exclusive or over the hashes of ids and contents. */
  readonly ids: bigint
  readonly contents: bigint
}

/** What the stored log says by itself, without the service. */
export interface OfflinePass {
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
export async function passOffline(log: LogConnection): Promise<OfflinePass> {
  const lastSeq = await log.events.last()
  const partitions = Array.from({ length: PARTITIONS }, (_, partition) => partition)
  const shard = createShard({ epoch: log.epoch, detectors, partitions })
  const alerts = new Map<string, StoredAlert>()
  const messages = new Map<number, MessageSum>()
  const controls = new Set<number>()
  const ids = new Map<string, Tally>()
  let [rows, terms] = [0, 0]

  const reading = new AbortController()
  if (lastSeq > 0)
    for await (const message of log.events.read(1, reading.signal)) {
      if (message.kind === 'rows') {
        const events = decodeBatch(message.payload)
        let sum = { rows: 0, keys: 0, ids: 0n, contents: 0n }
        for (const { source, id, idHash, contentHash, keys } of events) {
          const ofSource = ids.get(source) ?? createTally()
          ids.set(source, ofSource)
          ofSource.add(Number(id))
          sum = {
            rows: sum.rows + 1,
            keys: sum.keys + keys.length,
            ids: sum.ids ^ BigInt(idHash),
            contents: sum.contents ^ BigInt(contentHash),
          }
        }
        rows += events.length
        messages.set(message.seq, sum)
      } else {
        controls.add(message.seq)
        if (new TextDecoder().decode(message.payload).includes('"yujing.writer"')) terms += 1
      }
      for (const finding of shard.apply(message)) fold(alerts, finding)
      if (message.seq >= lastSeq) break
    }
  reading.abort()
  const evidence = await referencesOf(log, [...alerts.values()])
  return { epoch: log.epoch, lastSeq, rows, alerts, evidence, messages, controls, ids, terms }
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

function fold(alerts: Map<string, StoredAlert>, finding: Finding): void {
  const before = alerts.get(finding.alertId) ?? null
  const verdict = { finding, events: [], eventsPending: finding.evidence.events.length, name: null }
  const outcome = merge({ verdict, before, at: '' })
  if ('alert' in outcome) alerts.set(finding.alertId, grade(outcome).alert)
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
