import type { CanonicalEvent, EventKey, LoggedEvent, RegisterFacts } from './event.ts'
import type { Position } from './position.ts'

/**
 * The row format of the log: one JSON array a line in the column order of the `events` table (`JSONCompactEachRow`), so
 * that the store forwards the bytes undecoded. Times are epoch milliseconds; `data` and `register` are JSON objects
 * (ClickHouse keeps them as text); the hashes are decimal strings because they exceed 2^53.
 */
export const ROW_COLUMNS = [
  'log_epoch',
  'seq',
  'idx',
  'received_ms',
  'source',
  'id',
  'type',
  'subject',
  'time_ms',
  'region',
  'region_original',
  'industry',
  'backfill',
  'test',
  'retracts',
  'data',
  'register',
  'keys',
  'id_hash',
  'content_hash',
] as const

/** Version of the row format, carried in each message's header `Yujing-Schema`. */
export const ROW_SCHEMA = 1

/** Most rows in one log message, and most bytes of a message with its headers (the server's default limit is 1 MiB). */
export const MAX_ROWS = 1_000
export const MAX_MESSAGE_BYTES = 960 * 1024

/** Hashes of an event: 128 bits over source and id, 64 bits over the canonical content; both as decimal strings. */
export interface EventHashes {
  readonly idHash: string
  readonly contentHash: string
}

/**
 * One line of a batch, without the line end: JSON.stringify of the columns, but put together for a third of its cost, and
 * from parts that become known at different places:
 *
 *     ["epoch",seq,idx,received_ms,  "source", ... ,{data},  {register},  [  [key], ...  ],"id_hash","content_hash"]
 *     place                          said                    register        keys         hashes
 */
export function encodeRow(event: LoggedEvent, hashes: EventHashes): string {
  const { position, keys } = event
  const before = placeText(position, event.receivedAt) + saidText(event, JSON.stringify(event.data))
  return `${before}${JSON.stringify(event.register)},[${keysText(keys)}${hashesText(hashes)}`
}

/** Where the row stands and when it came. */
export function placeText({ epoch, seq, index }: Position, receivedAt: number): string {
  return `["${epoch}",${seq},${index},${receivedAt},`
}

/** What the source said. @param data the event's data as JSON */
export function saidText(event: CanonicalEvent, data: string): string {
  const names = `${jsonText(event.source)},${jsonText(event.id)},${jsonText(event.type)},${jsonText(event.subject)}`
  const where = `${jsonText(event.region)},${jsonText(event.regionOriginal)},${jsonText(event.industry)}`
  const marks = `${event.backfill ? 1 : 0},${event.test ? 1 : 0},${jsonText(event.retracts)}`
  return `${names},${event.time},${where},${marks},${data},`
}

/** What it touches; without the brackets around all of them. */
export function keysText(keys: readonly EventKey[]): string {
  return keys.length === 0 ? '' : JSON.stringify(keys).slice(1, -1)
}

/** The end of the row, the bracket of the keys included. */
export function hashesText({ idHash, contentHash }: EventHashes): string {
  return `],"${idHash}","${contentHash}"]`
}

/** The event of what `saidText` made, of which the last comma is left out. */
export function eventOfSaid(said: string): CanonicalEvent {
  const [source, id, type, subject, time, region, regionOriginal, industry, backfill, test, retracts, data] =
    JSON.parse(`[${said}]`) as Said
  const marks = { backfill: backfill === 1, test: test === 1, retracts }
  return { source, id, type, subject, time, region, regionOriginal, industry, ...marks, data }
}

/** Characters that stand in JSON as they are. */
const PLAIN = /^[\w /.:*-]*$/

/** JSON.stringify of a text, cheaper for what most are. */
export function jsonText(value: string): string {
  return PLAIN.test(value) ? `"${value}"` : JSON.stringify(value)
}

/** What the source said, as JSON values. */
type Said = [
  source: string,
  id: string,
  type: string,
  subject: string,
  time: number,
  region: string,
  regionOriginal: string,
  industry: string,
  backfill: 0 | 1,
  test: 0 | 1,
  retracts: string,
  data: Record<string, unknown>,
]

/** The columns of an event, as JSON values. */
export type Row = [
  epoch: string,
  seq: number,
  index: number,
  receivedAt: number,
  ...said: Said,
  register: RegisterFacts,
  keys: EventKey[],
  idHash: string,
  contentHash: string,
]

/** Decodes one line of a batch. */
export function decodeRow(line: string): LoggedEvent & EventHashes {
  return eventOfRow(JSON.parse(line) as Row)
}

/** The event of a row whose columns are values already. */
export function eventOfRow(row: Row): LoggedEvent & EventHashes {
  return {
    position: { epoch: row[0], seq: row[1], index: row[2] },
    receivedAt: row[3],
    source: row[4],
    id: row[5],
    type: row[6],
    subject: row[7],
    time: row[8],
    region: row[9],
    regionOriginal: row[10],
    industry: row[11],
    backfill: row[12] === 1,
    test: row[13] === 1,
    retracts: row[14],
    data: row[15],
    register: row[16],
    keys: row[17],
    idHash: row[18],
    contentHash: row[19],
  }
}

/** Decodes a whole batch: lines separated by one line feed. */
export function decodeBatch(payload: Uint8Array): (LoggedEvent & EventHashes)[] {
  const text = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('utf8')
  const events: (LoggedEvent & EventHashes)[] = []
  for (const line of text.split('\n')) if (line !== '') events.push(decodeRow(line))
  return events
}
