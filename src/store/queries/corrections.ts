import type { ClickHouseClient } from '@clickhouse/client'
import { CORRECTION_KINDS, type CorrectionKind } from '../../model/correction.ts'
import type { LoggedEvent } from '../../model/event.ts'
import type { EventHashes } from '../../model/row.ts'
import { EVENT_COLUMNS, type StoredRow, toEvent } from './stored-row.ts'

type Row = LoggedEvent & EventHashes

/** Ids in one question: up to 40 bytes each, in a URL of at most a MiB. */
const MOST_IDS = 5_000
/** Enterprises in one question. */
const MOST_SUBJECTS = 5_000
/** Events of other kinds that may have told an industry last, the newest: some of them may be corrected themselves. */
const INDUSTRIES = 64

const CORRECTING = `
SELECT JSONExtractString(register, 'corrects', 'of'), JSONExtractString(register, 'corrects', 'kind'),
       toString(id_hash), id, received_ms
FROM events
WHERE (subject, time_ms, log_epoch, seq, idx) IN
  (SELECT subject, time_ms, log_epoch, seq, idx FROM event_keys WHERE kind = 'event' AND key IN {ids:Array(String)})
ORDER BY received_ms, seq, idx`

const ORIGINALS = `
SELECT ${EVENT_COLUMNS}
FROM events
WHERE id_hash IN {ids:Array(UInt128)} AND (subject, time_ms) IN
(
    SELECT subject, time_ms
    FROM event_positions
    WHERE (log_epoch, seq, idx) IN (SELECT log_epoch, seq, idx FROM event_ids WHERE id_hash IN {ids:Array(UInt128)})
)`

/** What the register follows; every other event may tell an industry. */
export const OF_REGISTER = "(startsWith(type, 'enterprise.') OR type = 'registration.cancelled')"
const KNOWN = 'subject IN {subjects:Array(String)} AND (log_epoch != {epoch:String} OR seq <= {upTo:UInt64})'
const STANDS = `toString(id_hash) NOT IN
  (SELECT key FROM event_keys WHERE kind = 'event' AND key IN
    (SELECT toString(id_hash) FROM events WHERE subject IN {subjects:Array(String)} AND (${OF_REGISTER} OR industry != '')))`

const REGISTER_EVENTS = `
SELECT ${EVENT_COLUMNS}
FROM events
WHERE ${KNOWN} AND ${OF_REGISTER} AND ${STANDS}
ORDER BY log_epoch = {epoch:String}, if(log_epoch = {epoch:String}, 0, received_ms), seq, idx`

const INDUSTRY_EVENTS = `
SELECT ${EVENT_COLUMNS}
FROM events
WHERE ${KNOWN} AND NOT ${OF_REGISTER} AND industry != '' AND ${STANDS}
ORDER BY log_epoch = {epoch:String} DESC, received_ms DESC, seq DESC, idx DESC
LIMIT ${INDUSTRIES} BY subject`

/** The event that corrected another one last. */
export interface CorrectedBy {
  readonly kind: CorrectionKind
  readonly idHash: string
  readonly id: string
  /** When it arrived, epoch milliseconds. */
  readonly receivedAt: number
}

/** By the id hash of the event that was corrected (decimal); absent where none is stored. */
export async function correctionsOf(
  client: ClickHouseClient,
  idHashes: readonly string[],
): Promise<Map<string, CorrectedBy>> {
  const found = new Map<string, CorrectedBy>()
  for (let start = 0; start < idHashes.length; start += MOST_IDS) {
    const ids = idHashes.slice(start, start + MOST_IDS)
    const answer = await client.query({ query: CORRECTING, query_params: { ids }, format: 'JSONCompactEachRow' })
    for (const [of, said, idHash, id, receivedAt] of await answer.json<[string, string, string, string, number]>()) {
      const kind = CORRECTION_KINDS.find((one) => one === said)
      if (kind !== undefined) found.set(of, { kind, idHash, id, receivedAt })
    }
  }
  return found
}

/** What stands instead of each event, by hashes: null for nothing; absent where the event itself stands. */
export async function successorsOf(
  client: ClickHouseClient,
  idHashes: readonly string[],
): Promise<Map<string, string | null>> {
  const corrections = await correctionsOf(client, idHashes)
  return new Map([...corrections].map(([of, { kind, idHash }]) => [of, kind === 'withdrawn' ? null : idHash]))
}

/** Stored events by id hash. */
export async function eventsByHash(client: ClickHouseClient, idHashes: readonly string[]): Promise<Map<string, Row>> {
  const found = new Map<string, Row>()
  for (let start = 0; start < idHashes.length; start += MOST_IDS) {
    const ids = idHashes.slice(start, start + MOST_IDS).map((hash) => BigInt(hash))
    const answer = await client.query({ query: ORIGINALS, query_params: { ids }, format: 'JSONCompactEachRow' })
    for (const row of (await answer.json<StoredRow>()).map(toEvent)) found.set(row.idHash, row)
  }
  return found
}

/**
 * What the register follows of enterprises, each in log order and without what was corrected: all that is stored of
 * other logs, and of this one up to a sequence.
 */
export async function registerEvents(
  client: ClickHouseClient,
  wanted: { readonly subjects: readonly string[]; readonly epoch: string; readonly upTo: number },
): Promise<Map<string, Row[]>> {
  const { subjects, epoch, upTo } = wanted
  const found = new Map<string, Row[]>()
  for (let start = 0; start < subjects.length; start += MOST_SUBJECTS) {
    const query_params = { subjects: subjects.slice(start, start + MOST_SUBJECTS), epoch, upTo }
    const rows: Row[] = []
    for (const query of [REGISTER_EVENTS, INDUSTRY_EVENTS]) {
      const answer = await client.query({ query, query_params, format: 'JSONCompactEachRow' })
      rows.push(...(await answer.json<StoredRow>()).map(toEvent))
    }
    for (const row of rows.sort((a, b) => byLog(a, b, epoch)))
      found.set(row.subject, [...(found.get(row.subject) ?? []), row])
  }
  return found
}

function byLog(a: Row, b: Row, epoch: string): number {
  const [isA, isB] = [a.position.epoch === epoch, b.position.epoch === epoch]
  if (isA !== isB) return isA ? 1 : -1
  const arrival = isA ? 0 : a.receivedAt - b.receivedAt
  return arrival || a.position.seq - b.position.seq || a.position.index - b.position.index
}
