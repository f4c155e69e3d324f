import { Readable } from 'node:stream'
import { type ClickHouseClient, type ClickHouseSettings, drainStream } from '@clickhouse/client'
import type { ControlEntry } from '../../model/control.ts'
import { ROW_COLUMNS } from '../../model/row.ts'
import { isContentRefusal } from '../failures.ts'
import { type Batch, controlsOf, type Line, linesOf, payloadsOf, rowsOf } from './batch.ts'
import type { RefusedRow } from './ports.ts'

const LINE_FEED = Uint8Array.of(10)
const EVENTS = `INSERT INTO events (${ROW_COLUMNS.join(', ')}) FORMAT JSONCompactEachRow`
const CONTROLS = 'INSERT INTO control_entries (log_epoch, seq, at_ms, type, data) FORMAT JSONCompactEachRow'

/**
 * A token dedups whole blocks, so that an insert must always be the same one block: not cut by size, nor parsed in
 * pieces whose number depends on the machine. The dependent tables dedup by the same token.
 */
const SETTINGS: ClickHouseSettings = {
  async_insert: 0,
  wait_for_async_insert: 1,
  insert_deduplicate: 1,
  deduplicate_blocks_in_dependent_materialized_views: 1,
  max_insert_block_size: '1048576',
  min_insert_block_size_rows: '1048576',
  min_insert_block_size_bytes: '0',
  input_format_parallel_parsing: 0,
}

/**
 * Inserts a batch under a token; the same token again changes nothing. Rows that ClickHouse refuses for their content
 * are left out and handed back: the batch is halved until each is found.
 *
 * Rejects when ClickHouse is away or fails: then nobody knows what arrived.
 */
export async function insertBatch(
  client: ClickHouseClient,
  batch: Batch,
  epoch: string,
  token: string,
): Promise<RefusedRow[]> {
  const refused: RefusedRow[] = []
  const refuse = ({ seq, index, bytes }: Line, reason: string) =>
    refused.push({ position: { epoch, seq, index }, reason, row: new TextDecoder().decode(bytes) })

  if (rowsOf(batch) > 0) {
    const reason = await tryInsert(client, EVENTS, payloadsOf(batch), token)
    if (reason !== null) {
      const insert = (lines: readonly Line[], part: string) => tryInsert(client, EVENTS, withFeeds(lines), part)
      for (const [line, text] of await halve(linesOf(batch), token, insert)) refuse(line, text)
    }
  }

  const controls: Line[] = []
  for (const { seq, payload } of controlsOf(batch)) {
    const row = controlRow(payload)
    if (row === null) refuse({ seq, index: -1, bytes: payload }, 'not a control entry')
    else controls.push({ seq, index: -1, bytes: row })
  }
  if (controls.length > 0) {
    const reason = await tryInsert(client, CONTROLS, withFeeds(controls), `${token}/control`)
    if (reason !== null) throw new Error(`control entries are refused: ${reason}`)
  }
  return refused
}

/** Inserts lines; the reason when ClickHouse refuses them for their content, null when it has them. */
async function tryInsert(
  client: ClickHouseClient,
  query: string,
  bytes: Iterable<Uint8Array>,
  token: string,
): Promise<string | null> {
  const values = Readable.from(bytes, { objectMode: false })
  try {
    const clickhouse_settings = { ...SETTINGS, insert_deduplication_token: token }
    const { stream } = await client.exec({ query, values, clickhouse_settings })
    await drainStream(stream)
    return null
  } catch (error) {
    if (isContentRefusal(error)) return `${error.type ?? 'refused'} (${error.code})`
    throw error
  }
}

/**
 * Inserts what can be inserted of lines that were refused together, and gives back those that are refused alone, with
 * the reason. The same lines are always parted in the same way, so each part keeps its token over a crash.
 *
 *     lines   . . . . . x . .      refused
 *             [. . . .][. x . .]   the first half goes in
 *                      [. x][. .]
 *                      [.][x]      x is refused alone
 */
export async function halve(
  lines: readonly Line[],
  token: string,
  insert: (lines: readonly Line[], token: string) => Promise<string | null>,
  from = 0,
  to = lines.length,
): Promise<[Line, string][]> {
  const middle = Math.floor((from + to) / 2)
  const refused: [Line, string][] = []
  const halves: [number, number][] =
    to - from > 1
      ? [
          [from, middle],
          [middle, to],
        ]
      : [[from, to]]
  for (const [start, end] of halves) {
    const part = lines.slice(start, end)
    const [line] = part
    if (line === undefined) continue
    const reason = await insert(part, `${token}/${start}-${end}`)
    if (reason === null) continue
    if (part.length === 1) refused.push([line, reason])
    else refused.push(...(await halve(lines, token, insert, start, end)))
  }
  return refused
}

function* withFeeds(lines: readonly Line[]): Generator<Uint8Array> {
  for (const { bytes } of lines) {
    yield bytes
    yield LINE_FEED
  }
}

function controlRow(payload: Uint8Array): Uint8Array | null {
  const text = new TextDecoder().decode(payload)
  try {
    const { epoch, seq, at, type, data } = JSON.parse(text) as ControlEntry
    if (typeof epoch !== 'string' || !Number.isSafeInteger(seq) || !Number.isSafeInteger(at)) return null
    if (typeof type !== 'string' || typeof data !== 'object') return null
    return new TextEncoder().encode(JSON.stringify([epoch, seq, at, type, data]))
  } catch {
    return null
  }
}
