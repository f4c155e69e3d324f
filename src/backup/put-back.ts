import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { createGunzip } from 'node:zlib'
import type { ClickHouseClient } from '@clickhouse/client'
import type { StreamCopies } from '../log/stream-copies.ts'
import { fillTable } from '../store/table-copies.ts'
import type { Manifest } from './manifest.ts'

export interface PutBackOptions {
  readonly directory: string
  readonly manifest: Manifest
  readonly streams: StreamCopies
  /** Of a database that is at the schema of this version. */
  readonly client: ClickHouseClient
  readonly onProgress: (what: string, done: number) => void
}

/**
 * Fills both stores, which must be empty, from a backup whose files are known to be whole.
 *
 * @throws Error naming the remedy when there is something already, and when a table did not get all its rows
 */
export async function putBack(options: PutBackOptions): Promise<void> {
  const { directory, manifest, streams, client, onProgress } = options
  const there = await streams.names()
  if (there.length > 0)
    throw new Error(`NATS holds ${there.sort().join(', ')} already: restore into an empty one, or remove them first`)
  for (const { name } of manifest.tables) await assertEmpty(client, name)

  for (const { name, config, state, file, bytes } of manifest.streams) {
    await streams.restore(
      { name, config, state },
      told(directory, file, bytes, (done) => onProgress(name, done)),
    )
    onProgress(name, 1)
  }
  for (const { name, rows, file } of manifest.tables) {
    const lines = createReadStream(join(directory, file)).pipe(createGunzip())
    let done = 0
    const filled = await fillTable(client, name, lines, (more) => {
      done += more
      onProgress(name, done / Math.max(1, rows))
    })
    if (filled !== rows) throw new Error(`${name} got ${filled} rows, the backup holds ${rows}: restore again`)
    onProgress(name, 1)
  }
}

async function assertEmpty(client: ClickHouseClient, table: string): Promise<void> {
  const answer = await client.query({ query: `SELECT count() FROM ${table}`, format: 'JSONCompactEachRow' })
  if (Number((await answer.json<[number]>())[0]?.[0]) > 0)
    throw new Error(`ClickHouse holds rows in ${table} already: restore into an empty database`)
}

async function* told(directory: string, file: string, bytes: number, tell: (done: number) => void) {
  let read = 0
  for await (const piece of createReadStream(join(directory, file))) {
    yield piece as Buffer
    read += (piece as Buffer).length
    tell(read / Math.max(1, bytes))
  }
}
