import type { ClickHouseClient } from '@clickhouse/client'
import type { StoredMessage } from '../../model/log-message.ts'
import { asking } from '../failures.ts'
import { messagesInLogOrder } from './messages-in-log-order.ts'

/** Logs by when they began: a log begins no earlier in log time than the one before it ended. */
const LOGS = `
SELECT log_epoch
FROM
(
    SELECT log_epoch, min(at_ms) AS began, max(at_ms) AS ended FROM control_entries GROUP BY log_epoch
    UNION ALL
    SELECT log_epoch, min(received_ms) AS began, max(received_ms) AS ended FROM event_positions GROUP BY log_epoch
)
GROUP BY log_epoch
ORDER BY min(began), max(ended)`

/** A place in a log: everything below `belowSeq` lies before it, and so does every other log. */
export interface LogPlace {
  readonly epoch: string
  readonly belowSeq: number
}

/**
 * Everything stored that lies before a place: the other logs, the oldest first, then what this one held below it. A log
 * is created anew when its server has lost everything; what it held is still here.
 */
export async function* messagesBefore(client: ClickHouseClient, place: LogPlace): AsyncGenerator<StoredMessage> {
  const answer = await asking(() => client.query({ query: LOGS, format: 'JSONCompactEachRow' }))
  const epochs = (await answer.json<[string]>()).map(([epoch]) => epoch)
  for (const epoch of epochs)
    if (epoch !== place.epoch) yield* messagesInLogOrder(client, { epoch, belowSeq: Number.MAX_SAFE_INTEGER })
  yield* messagesInLogOrder(client, place)
}
