import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ClickHouseClient } from '@clickhouse/client'
import type { Logger } from '../telemetry/logger.ts'
import { splitStatements } from './statements.ts'

/** A step of the schema: `NNN_name.sql`. Once released its text never changes; a correction is a further step. */
export interface Migration {
  readonly number: number
  readonly name: string
  readonly sql: string
}

/** The steps of this version, in order. The SQL is not compiled: it stands in the sources, from dist as well. */
export function ownMigrations(): Migration[] {
  let root = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(root, 'package.json'))) root = dirname(root)
  const directory = join(root, 'src', 'store', 'schema')
  const migrations = readdirSync(directory)
    .filter((file) => /^\d{3}_\w+\.sql$/.test(file))
    .map((file) => ({
      number: Number(file.slice(0, 3)),
      name: file.slice(4, -4),
      sql: readFileSync(join(directory, file), 'utf8'),
    }))
  return migrations.sort((a, b) => a.number - b.number)
}

const RECORDS = `
CREATE TABLE IF NOT EXISTS schema_migrations
(number UInt32, name String, checksum String, applied_at DateTime DEFAULT now())
ENGINE = ReplacingMergeTree ORDER BY number`

/**
 * Brings the database to the schema of this version. Every statement may be repeated (`IF NOT EXISTS`), so a start that
 * was cut off goes on where it stopped.
 *
 * Throws when a step that was applied has another text now, or when the database is ahead of this version.
 */
export async function migrate(
  client: ClickHouseClient,
  { logger, migrations = ownMigrations() }: { logger: Logger; migrations?: readonly Migration[] },
): Promise<void> {
  await client.command({ query: RECORDS })
  const query = 'SELECT number, any(checksum) AS checksum FROM schema_migrations GROUP BY number'
  const answer = await client.query({ query, format: 'JSONEachRow' })
  const rows = await answer.json<{ number: number; checksum: string }>()
  const applied = new Map(rows.map(({ number, checksum }) => [number, checksum]))

  const newest = Math.max(0, ...migrations.map(({ number }) => number))
  const ahead = [...applied.keys()].find((number) => number > newest)
  if (ahead !== undefined)
    throw new Error(`the database has schema step ${ahead}, this version knows ${newest}: start the newer version`)

  for (const migration of migrations) {
    const { number, name, sql } = migration
    const checksum = createHash('sha256').update(sql).digest('hex')
    const known = applied.get(number)
    if (known === checksum) continue
    if (known !== undefined)
      throw new Error(
        `schema step ${number} (${name}) was applied with another text: restore its file, add a further step`,
      )
    for (const statement of splitStatements(sql)) await client.command({ query: statement })
    await client.insert({ table: 'schema_migrations', values: [{ number, name, checksum }], format: 'JSONEachRow' })
    logger.info({ step: number, name }, 'schema step applied')
  }
}
