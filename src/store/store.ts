import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client'
import type { LoggedEvent } from '../model/event.ts'
import type { StoredMessage } from '../model/log-message.ts'
import type { Position } from '../model/position.ts'
import type { EventHashes } from '../model/row.ts'
import type { Logger } from '../telemetry/logger.ts'
import { asking } from './failures.ts'
import { migrate } from './migrate.ts'
import { type EnterpriseRecord, enterprise, enterpriseName } from './queries/enterprise.ts'
import { lookupEventIds } from './queries/event-ids.ts'
import { eventsAt } from './queries/events-at.ts'
import { eventsInLogOrder, type LogRange } from './queries/events-in-log-order.ts'
import { type LogPlace, messagesBefore } from './queries/messages-before.ts'
import { messagesInLogOrder } from './queries/messages-in-log-order.ts'
import { type CodeCount, countQuarantined, quarantineCodes, type RefusedEvent } from './queries/quarantine-codes.ts'
import { type TimelinePage, timeline } from './queries/timeline.ts'

/**
 * History in ClickHouse. Every question rejects with YujingError `store.unavailable` while it cannot be asked. It may be
 * a second behind the log.
 */
export interface Store {
  /** For what has no method here; its errors are the client's own. */
  readonly client: ClickHouseClient
  /** Whether ClickHouse answers; never rejects. */
  ping(): Promise<boolean>
  /** The events at these positions that are stored, in the order of the positions; those not (yet) stored are absent. */
  eventsAt(positions: readonly Position[]): Promise<LoggedEvent[]>
  /** The present record of an enterprise by its credit code; null when no event ever named it. */
  enterprise(code: string): Promise<EnterpriseRecord | null>
  /** Its present name alone; null when no registration told it. */
  enterpriseName(code: string): Promise<string | null>
  /** Its events, newest first; `next` of one page is the `cursor` of the following. `request.invalid` for a foreign cursor. */
  timeline(code: string, limit: number, cursor: string | null): Promise<TimelinePage>
  /** Content hash by id hash (decimal strings); an id that is not stored is absent. */
  lookupEventIds(idHashes: readonly string[]): Promise<Map<string, string>>
  /** All stored events of a stretch of the log in its order, in pages. */
  eventsInLogOrder(range: LogRange): AsyncIterable<(LoggedEvent & EventHashes)[]>
  /** The same message by message, control entries included: for a fold over what the log no longer holds. */
  messagesInLogOrder(range: LogRange): AsyncIterable<StoredMessage>
  /** The messages of all other logs, the oldest log first, then those of this one below a sequence. */
  messagesBefore(place: LogPlace): AsyncIterable<StoredMessage>
  /** Counts refused events; the payload is not the store's. */
  countQuarantined(refused: readonly RefusedEvent[]): Promise<void>
  /** How many events were refused, by code, the most frequent first. */
  quarantineCodes(): Promise<CodeCount[]>
  close(): Promise<void>
}

const CONNECTIONS = 8
const REQUEST_TIMEOUT_MS = 120_000

/** Connects and brings the schema up to date. Rejects with `store.unavailable` when ClickHouse is away. */
export async function connectStore(o: {
  url: string
  username: string
  password: string
  logger: Logger
}): Promise<Store> {
  const client = createClient({
    url: o.url,
    username: o.username,
    password: o.password,
    max_open_connections: CONNECTIONS,
    request_timeout: REQUEST_TIMEOUT_MS,
    // What the client would print, the callers tell in the log in words of their own.
    log: { level: ClickHouseLogLevel.OFF },
    // Positions and times stay far below 2^53; what does not is asked for as text.
    clickhouse_settings: { output_format_json_quote_64bit_integers: 0 },
  })
  try {
    await asking(() => migrate(client, { logger: o.logger }))
  } catch (error) {
    await client.close()
    throw error
  }
  return {
    client,
    ping: async () => (await client.ping()).success,
    eventsAt: (positions) => asking(() => eventsAt(client, positions)),
    enterprise: (code) => asking(() => enterprise(client, code)),
    enterpriseName: (code) => asking(() => enterpriseName(client, code)),
    timeline: (code, limit, cursor) => asking(() => timeline(client, code, limit, cursor)),
    lookupEventIds: (idHashes) => asking(() => lookupEventIds(client, idHashes)),
    eventsInLogOrder: (range) => eventsInLogOrder(client, range),
    messagesInLogOrder: (range) => messagesInLogOrder(client, range),
    messagesBefore: (place) => messagesBefore(client, place),
    countQuarantined: (refused) => asking(() => countQuarantined(client, refused)),
    quarantineCodes: () => asking(() => quarantineCodes(client)),
    close: () => client.close(),
  }
}
