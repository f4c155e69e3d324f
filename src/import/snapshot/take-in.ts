import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Type } from '@sinclair/typebox'
import type { FullTable } from './full-table.ts'
import { readJson, writeJson } from './ledger.ts'
import { SNAPSHOT_LIMITS } from './limits.ts'
import { bucketOf, tableLine } from './rows.ts'
import { type BucketWriter, rowKeyOf, writeBucket } from './sealed-bucket.ts'

/** A table that was read to its end. */
const Taken = Type.Object({
  version: Type.Literal(1),
  header: Type.Array(Type.String()),
  columns: Type.Array(Type.String()),
  /** Rows of the file, those without a readable key, and how many of each county. */
  rows: Type.Integer(),
  unreadable: Type.Integer(),
  counties: Type.Record(Type.String(), Type.Integer()),
})

export const TABLE = 'table'
const DONE = 'taken.json'

/**
 * Deals the rows of a table to sealed buckets in the directory of its run, so that two tables can be compared a bucket at
 * a time. Nothing is sent yet: who dies here begins again; what was read to its end is not read again.
 */
export async function takeIn(
  directory: string,
  table: FullTable,
  how: { readonly idKey: Buffer; readonly signal: AbortSignal; readonly onRows: (rows: number) => void },
) {
  const known = await readJson(join(directory, DONE), Taken)
  if (known !== null) return known
  const { idKey, signal } = how
  const rowKey = rowKeyOf(idKey)
  await mkdir(join(directory, TABLE), { recursive: true, mode: 0o700 })
  const writers: BucketWriter[] = []
  const counties: Record<string, number> = {}
  let rows = 0
  let unreadable = 0
  try {
    for (let bucket = 0; bucket < SNAPSHOT_LIMITS.buckets; bucket++) {
      writers.push(await writeBucket(bucketPath(join(directory, TABLE), bucket), bucket, rowKey))
    }
    for await (const group of table.rows()) {
      if (signal.aborted) return null
      for (const row of group) {
        const bucket = row.key === null ? rows % SNAPSHOT_LIMITS.buckets : bucketOf(row.key, idKey)
        await (writers[bucket] as BucketWriter).add(tableLine(row))
        rows += 1
        if (row.key === null) unreadable += 1
        if (row.county !== null) counties[row.county] = (counties[row.county] ?? 0) + 1
      }
      how.onRows(rows)
    }
  } finally {
    for (const writer of writers) await writer.close()
  }
  const taken = {
    version: 1 as const,
    header: [...table.header],
    columns: [...table.columns],
    rows,
    unreadable,
    counties,
  }
  await writeJson(join(directory, DONE), taken)
  return taken
}
export type Taken = NonNullable<Awaited<ReturnType<typeof takeIn>>>

/** What a run took in, if it got that far. */
export function takenBy(directory: string): Promise<Taken | null> {
  return readJson(join(directory, DONE), Taken)
}

export function bucketPath(directory: string, bucket: number): string {
  return join(directory, String(bucket).padStart(2, '0'))
}
