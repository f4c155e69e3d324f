import { Readable } from 'node:stream'
import { type ClickHouseClient, drainStream } from '@clickhouse/client'
import { asking } from './failures.ts'

/** A table that holds what nothing else can give again. */
export interface CopiedTable {
  readonly name: string
  readonly rows: number
  /** Has rows with a position in the log, so that a copy can end at one. */
  readonly positioned: boolean
}

/** Where a copy ends in the log: rows of this epoch behind it stay out. */
export interface CopyEnd {
  readonly epoch: string
  readonly seq: number
}

/** Rows that one insert of a restore holds at most, and bytes. */
const ROWS_A_TIME = 50_000
const BYTES_A_TIME = 32 * 1024 * 1024
const LINE_FEED = 10

/** What materialized views fill is filled again by what feeds them; the schema's own steps are made by `migrate`. */
const TABLES = `
SELECT name, toUInt64(ifNull(total_rows, 0)) AS rows,
       (SELECT count() FROM system.columns AS c
        WHERE c.database = currentDatabase() AND c.table = t.name AND c.name IN ('log_epoch', 'seq')) = 2 AS positioned
FROM system.tables AS t
WHERE database = currentDatabase() AND engine LIKE '%MergeTree' AND name != 'schema_migrations'
ORDER BY name`
const VIEWS = `SELECT create_table_query FROM system.tables WHERE database = currentDatabase() AND engine = 'MaterializedView'`

/** The tables that a copy must hold. */
export async function copiedTables(client: ClickHouseClient): Promise<CopiedTable[]> {
  const rowsOf = async <T>(query: string) => (await client.query({ query, format: 'JSONEachRow' })).json<T>()
  return await asking(async () => {
    const views = await rowsOf<{ create_table_query: string }>(VIEWS)
    const filled = new Set(views.map(({ create_table_query: text }) => / TO (?:\S+\.)?`?(\w+)`?/.exec(text)?.[1]))
    const tables = await rowsOf<{ name: string; rows: number; positioned: number }>(TABLES)
    return tables
      .filter(({ name }) => !filled.has(name))
      .map(({ name, rows, positioned }) => ({ name, rows: Number(rows), positioned: Boolean(positioned) }))
  })
}

/** The rows of a table as lines of `JSONCompactEachRow`, partition by partition so that it takes no memory to speak of. */
export async function* linesOfTable(
  client: ClickHouseClient,
  table: CopiedTable,
  end: CopyEnd,
): AsyncGenerator<Buffer> {
  const query = `SELECT DISTINCT partition_id FROM system.parts
                 WHERE database = currentDatabase() AND table = {table:String} AND active ORDER BY partition_id`
  const answer = await client.query({ query, query_params: { table: table.name }, format: 'JSONEachRow' })
  for (const { partition_id: partition } of await answer.json<{ partition_id: string }>()) {
    const within = table.positioned ? ' AND (log_epoch != {epoch:String} OR seq <= {seq:UInt64})' : ''
    const { stream } = await client.exec({
      query: `SELECT * FROM ${table.name} WHERE _partition_id = {partition:String}${within} FORMAT JSONCompactEachRow`,
      query_params: { partition, epoch: end.epoch, seq: end.seq },
      clickhouse_settings: { output_format_json_quote_64bit_integers: 1 },
    })
    for await (const piece of stream) yield piece as Buffer
  }
}

/** Fills a table from such lines; answers with the rows inserted. */
export async function fillTable(
  client: ClickHouseClient,
  table: string,
  lines: AsyncIterable<Buffer>,
  onRows: (rows: number) => void,
): Promise<number> {
  let rows = 0
  for await (const piece of wholeLines(lines)) {
    const { stream } = await client.exec({
      query: `INSERT INTO ${table} FORMAT JSONCompactEachRow`,
      values: Readable.from([piece.bytes], { objectMode: false }),
      clickhouse_settings: { async_insert: 0 },
    })
    await drainStream(stream)
    rows += piece.rows
    onRows(piece.rows)
  }
  return rows
}

/** Cuts a stream of bytes at ends of lines, so that each piece is an insert of its own. */
async function* wholeLines(source: AsyncIterable<Buffer>): AsyncGenerator<{ bytes: Buffer; rows: number }> {
  let pieces: Buffer[] = []
  let bytes = 0
  let rows = 0
  const take = () => {
    const piece = { bytes: Buffer.concat(pieces), rows }
    pieces = []
    bytes = 0
    rows = 0
    return piece
  }
  for await (const piece of source) {
    let from = 0
    for (let at = piece.indexOf(LINE_FEED); at >= 0; at = piece.indexOf(LINE_FEED, at + 1)) {
      rows += 1
      if (rows < ROWS_A_TIME && bytes + at - from < BYTES_A_TIME) continue
      pieces.push(piece.subarray(from, at + 1))
      from = at + 1
      yield take()
    }
    if (from < piece.length) {
      pieces.push(piece.subarray(from))
      bytes += piece.length - from
    }
  }
  if (rows > 0) yield take()
}
