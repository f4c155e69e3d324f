import { join } from 'node:path'
import { type Static, Type } from '@sinclair/typebox'
import { ImportDifferences } from '../../model/import-run.ts'
import type { Difference } from './compare.ts'
import { differencesIn, type TwoTables } from './differences.ts'
import { readJson, writeJson } from './ledger.ts'
import { SNAPSHOT_LIMITS } from './limits.ts'

/** What a comparison will come to, before anything of it is sent. */
const Plan = Type.Object({
  version: Type.Literal(1),
  /** Number of the snapshot compared with; null for the first. */
  base: Type.Union([Type.Integer(), Type.Null()]),
  counts: ImportDifferences,
  /** Rows that can be taken: neither faulty nor repeated. */
  rows: Type.Integer(),
  /** Differences of each bucket, unchanged rows included. */
  units: Type.Array(Type.Integer()),
  /** Lines that repeat a key, ascending. */
  repeated: Type.Array(Type.Integer()),
})
export type Plan = Static<typeof Plan>

const FILE = 'plan.json'

/** Counts the differences of two tables bucket by bucket; a run that knows them already does not count again. */
export async function weigh(directory: string, tables: TwoTables, signal: AbortSignal): Promise<Plan | null> {
  const base = tables.base?.head.number ?? null
  const known = await planOf(directory)
  if (known !== null && known.base === base) return known
  const counts = { unchanged: 0, new: 0, changed: 0, vanished: 0, held: 0 }
  const units: number[] = []
  const repeated: number[] = []
  for (let bucket = 0; bucket < SNAPSHOT_LIMITS.buckets; bucket++) {
    if (signal.aborted) return null
    const differences = await differencesIn(tables, bucket)
    units.push(differences.length)
    for (const difference of differences) {
      if (difference.kind !== 'faulty') counts[difference.kind] += 1
      else if (difference.row.fault.code === 'row.repeated-key') repeated.push(lineOf(difference))
    }
  }
  const rows = counts.unchanged + counts.new + counts.changed
  const plan: Plan = { version: 1, base, counts, rows, units, repeated: repeated.sort((a, b) => a - b) }
  await writeJson(join(directory, FILE), plan)
  return plan
}

/** What a run counted, if it got that far. */
export function planOf(directory: string): Promise<Plan | null> {
  return readJson(join(directory, FILE), Plan)
}

function lineOf({ row }: Extract<Difference, { kind: 'faulty' }>): number {
  return row.place[0]
}
