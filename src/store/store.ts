import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client'
import { YujingError } from '../model/errors.ts'
import type { LoggedEvent } from '../model/event.ts'
import type { StoredMessage } from '../model/log-message.ts'
import type { PastAlert } from '../model/past-alert.ts'
import type { Position } from '../model/position.ts'
import type { EventHashes } from '../model/row.ts'
import type { Logger } from '../telemetry/logger.ts'
import { asking, askingWithin } from './failures.ts'
import { migrate } from './migrate.ts'
import {
  type ArchivedAlert,
  type ArchiveQuery,
  archiveAlerts,
  archivedAlert,
  archivedAlerts,
  newestArchived,
  pastAlerts,
} from './queries/archived-alerts.ts'
import { eventsByHash, registerEvents, successorsOf } from './queries/corrections.ts'
import { type EnterpriseRecord, enterprise, enterpriseNames } from './queries/enterprise.ts'
import { lookupEventIds } from './queries/event-ids.ts'
import { eventsAt } from './queries/events-at.ts'
import { eventsInLogOrder, type LogRange } from './queries/events-in-log-order.ts'
import { hasControl, type KeyHistory, keyHistory } from './queries/key-history.ts'
import { type LogPlace, messagesBefore } from './queries/messages-before.ts'
import { messagesInLogOrder } from './queries/messages-in-log-order.ts'
import {
  type CodeCount,
  countQuarantined,
  quarantineCodes,
  type RefusedEvent,
  refusedBySource,
  type SourceRefusals,
} from './queries/quarantine-codes.ts'
import { type TimelinePage, timeline } from './queries/timeline.ts'
import { unattributed } from './queries/unattributed.ts'

/**
 * History in ClickHouse. Every question rejects with YujingError `store.unavailable` while it cannot be asked, and until
 * the schema is prepared. It may be a second behind the log.
 */
export interface Store {
  /** For what has no method here; its errors are the client's own. */
  readonly client: ClickHouseClient
  /**
   * Brings the schema up to date; once done it does nothing. Rejects with `store.unavailable` while ClickHouse is away,
   * and with an error of its own when the database is not one for this version.
   */
  prepare(): Promise<void>
  /** Nothing may be written before. */
  isPrepared(): boolean
  /** Whether ClickHouse is prepared and answers within two seconds; never rejects. */
  ping(): Promise<boolean>
  /** The events at these positions that are stored, in the order of the positions; those not (yet) stored are absent. */
  eventsAt(positions: readonly Position[]): Promise<LoggedEvent[]>
  /** The present record of an enterprise by its credit code; null when no event ever named it. */
  enterprise(code: string): Promise<EnterpriseRecord | null>
  /** Present names by credit code, at most some thousands; absent when no registration told it. */
  enterpriseNames(codes: readonly string[]): Promise<Map<string, string>>
  /** Its events, newest first; `next` of one page is the `cursor` of the following. `request.invalid` for a foreign cursor. */
  timeline(code: string, limit: number, cursor: string | null, types?: readonly string[]): Promise<TimelinePage>
  /** What waits to be attributed to an enterprise, newest first; cursors as those of the timeline. */
  unattributed(wanted: Parameters<typeof unattributed>[1]): Promise<TimelinePage>
  /** Content hash by id hash (decimal strings); an id that is not stored is absent. */
  lookupEventIds(idHashes: readonly string[]): Promise<Map<string, string>>
  /** Stored events by id hash. */
  eventsByHash(idHashes: readonly string[]): Promise<Map<string, LoggedEvent & EventHashes>>
  /** What stands instead of corrected events, by id hash: null for nothing; absent where the event itself stands. */
  successorsOf(idHashes: readonly string[]): Promise<Map<string, string | null>>
  /** What the register follows of enterprises, each in log order, without what was corrected. */
  registerEvents(wanted: Parameters<typeof registerEvents>[1]): Promise<Map<string, (LoggedEvent & EventHashes)[]>>
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
  /** The same by source since two moments, epoch milliseconds; at most some thousands, the most frequent. */
  refusedBySource(from: { readonly todayMs: number; readonly weekMs: number }): Promise<SourceRefusals[]>
  /** A key's events, and its detector's parameters, as they came up to a position (inclusive). */
  keyHistory(wanted: Parameters<typeof keyHistory>[1]): Promise<KeyHistory>
  /** Whether a control entry stands at a position. */
  hasControl(position: Position): Promise<boolean>
  /** Finished alerts that have left the key-value store; what each promises says who asks (`AlertArchive`). */
  readonly alerts: {
    put(alerts: readonly ArchivedAlert[]): Promise<void>
    get(id: string): Promise<ArchivedAlert | null>
    list(query: ArchiveQuery): Promise<ArchivedAlert[]>
    newest(): Promise<number | null>
    past(sinceMs: number): Promise<PastAlert[]>
  }
  close(): Promise<void>
}

const CONNECTIONS = 8
const REQUEST_TIMEOUT_MS = 120_000
const PING_TIMEOUT_MS = 2_000
/** How long an answer is waited for by those who ask for somebody, when nobody says otherwise. */
const HISTORY_TIMEOUT_MS = 10_000

/** Where ClickHouse is. */
export interface StoreAccess {
  readonly url: string
  readonly username: string
  readonly password: string
}

export interface StoreOptions extends StoreAccess {
  readonly logger: Logger
  /**
   * How long single questions (an enterprise, its timeline, a key's history, finished alerts) wait for their answer,
   * milliseconds. What writes, and what reads long stretches, has more patience: what is under way there is worth it.
   */
  readonly historyTimeoutMs?: number
}

/** The store, whether or not ClickHouse is there: nothing is asked before `prepare`. */
export function openStore(o: StoreOptions): Store {
  const { historyTimeoutMs = HISTORY_TIMEOUT_MS } = o
  const clientWith = (request_timeout: number) =>
    createClient({
      url: o.url,
      username: o.username,
      password: o.password,
      max_open_connections: CONNECTIONS,
      request_timeout,
      // What the client would print, the callers tell in the log in words of their own.
      log: { level: ClickHouseLogLevel.OFF },
      // Positions and times stay far below 2^53; what does not is asked for as text.
      clickhouse_settings: { output_format_json_quote_64bit_integers: 0 },
    })
  const client = clientWith(REQUEST_TIMEOUT_MS)
  // With connections of its own: no question waits behind inserts that hang.
  const prompt = clientWith(historyTimeoutMs)
  let prepared = false
  const assertPrepared = () => {
    if (!prepared) throw new YujingError('store.unavailable')
  }
  const answers = async () =>
    (await client.ping({ select: false, abort_signal: AbortSignal.timeout(PING_TIMEOUT_MS) })).success
  const ask = async <T>(question: () => Promise<T>): Promise<T> => {
    assertPrepared()
    return asking(question)
  }
  const askSoon = async <T>(question: () => Promise<T>): Promise<T> => {
    assertPrepared()
    return askingWithin(historyTimeoutMs, question)
  }
  async function* pagesOf<T>(pages: () => AsyncIterable<T>): AsyncGenerator<T> {
    assertPrepared()
    yield* pages()
  }
  return {
    client,
    async prepare() {
      if (prepared) return
      // A statement to an address where nobody answers would hang for minutes.
      if (!(await answers())) throw new YujingError('store.unavailable')
      await asking(() => migrate(client, { logger: o.logger }))
      prepared = true
    },
    isPrepared: () => prepared,
    ping: async () => prepared && answers(),
    eventsAt: (positions) => askSoon(() => eventsAt(prompt, positions)),
    enterprise: (code) => askSoon(() => enterprise(prompt, code)),
    enterpriseNames: (codes) => ask(() => enterpriseNames(client, codes)),
    timeline: (code, limit, cursor, types) => askSoon(() => timeline(prompt, code, limit, cursor, types)),
    unattributed: (wanted) => askSoon(() => unattributed(prompt, wanted)),
    keyHistory: (wanted) => askSoon(() => keyHistory(prompt, wanted)),
    hasControl: (position) => askSoon(() => hasControl(prompt, position)),
    lookupEventIds: (idHashes) => ask(() => lookupEventIds(client, idHashes)),
    eventsByHash: (idHashes) => ask(() => eventsByHash(client, idHashes)),
    successorsOf: (idHashes) => ask(() => successorsOf(client, idHashes)),
    registerEvents: (wanted) => ask(() => registerEvents(client, wanted)),
    eventsInLogOrder: (range) => pagesOf(() => eventsInLogOrder(client, range)),
    messagesInLogOrder: (range) => pagesOf(() => messagesInLogOrder(client, range)),
    messagesBefore: (place) => pagesOf(() => messagesBefore(client, place)),
    countQuarantined: (refused) => ask(() => countQuarantined(client, refused)),
    quarantineCodes: () => askSoon(() => quarantineCodes(prompt)),
    refusedBySource: (from) => askSoon(() => refusedBySource(prompt, from)),
    alerts: {
      put: (alerts) => ask(() => archiveAlerts(client, alerts)),
      get: (id) => askSoon(() => archivedAlert(prompt, id)),
      list: (query) => askSoon(() => archivedAlerts(prompt, query)),
      newest: () => askSoon(() => newestArchived(prompt)),
      past: (sinceMs) => ask(() => pastAlerts(client, sinceMs)),
    },
    close: async () => void (await Promise.all([client.close(), prompt.close()])),
  }
}

/** Opens and prepares the store. Rejects as `prepare` does, and leaves nothing open then. */
export async function connectStore(o: StoreOptions): Promise<Store> {
  const store = openStore(o)
  try {
    await store.prepare()
  } catch (error) {
    await store.close()
    throw error
  }
  return store
}
