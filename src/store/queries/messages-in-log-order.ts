import type { ClickHouseClient } from '@clickhouse/client'
import type { ControlEntry } from '../../model/control.ts'
import type { LoggedEvent } from '../../model/event.ts'
import type { StoredMessage } from '../../model/log-message.ts'
import type { EventHashes } from '../../model/row.ts'
import { eventsInLogOrder, type LogRange, pages } from './events-in-log-order.ts'

const CONTROLS = `
SELECT seq, at_ms, type, data
FROM control_entries
WHERE log_epoch = {epoch:String} AND seq >= {from:UInt64} AND seq < {below:UInt64}
ORDER BY seq`

/**
 * What is stored of a stretch of the log, message by message in its order, control entries between the batches as they
 * stood: a fold over it meets what a fold over the log met.
 */
export async function* messagesInLogOrder(client: ClickHouseClient, range: LogRange): AsyncGenerator<StoredMessage> {
  const batches = batchesOf(eventsInLogOrder(client, range))
  const controls = controlsOf(client, range)
  try {
    let batch = await batches.next()
    let control = await controls.next()
    while (!batch.done || !control.done) {
      const isBatchFirst = control.done || (!batch.done && batch.value.seq < control.value.seq)
      if (isBatchFirst && !batch.done) {
        yield batch.value
        batch = await batches.next()
      } else if (!control.done) {
        yield control.value
        control = await controls.next()
      }
    }
  } finally {
    // Whoever stops reading half way leaves no query running.
    await batches.return(undefined)
    await controls.return(undefined)
  }
}

/** Puts the rows of each message together again: a page may end within one. */
async function* batchesOf(
  pagesOfEvents: AsyncIterable<readonly (LoggedEvent & EventHashes)[]>,
): AsyncGenerator<StoredMessage> {
  let events: (LoggedEvent & EventHashes)[] = []
  let seq = 0
  for await (const page of pagesOfEvents)
    for (const event of page) {
      if (event.position.seq !== seq && events.length > 0) {
        yield { seq, kind: 'rows', events }
        events = []
      }
      seq = event.position.seq
      events.push(event)
    }
  if (events.length > 0) yield { seq, kind: 'rows', events }
}

async function* controlsOf(client: ClickHouseClient, range: LogRange): AsyncGenerator<StoredMessage> {
  const { epoch } = range
  const query_params = { epoch, from: range.fromSeq ?? 0, below: range.belowSeq }
  for await (const page of pages<[number, number, string, string]>(client, CONTROLS, query_params))
    for (const [seq, at, type, data] of page) {
      const entry = { epoch, seq, at, type, data: JSON.parse(data) as unknown } as ControlEntry
      yield { seq, kind: 'control', entry }
    }
}
