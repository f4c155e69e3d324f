import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Stretch } from '../journal.ts'
import type { Difference } from './compare.ts'
import { differencesIn, type TwoTables } from './differences.ts'
import { type EventGround, eventsOf, standingAfter } from './events.ts'
import { type SnapshotHead, writeJson } from './ledger.ts'
import { SNAPSHOT_LIMITS } from './limits.ts'
import { type KeptRow, keptLine } from './rows.ts'
import { rowKeyOf, writeBucket } from './sealed-bucket.ts'
import { bucketPath } from './take-in.ts'

/**
 * Writes the snapshot that is in force once a run is done: the table as it was taken in, but for rows that were refused.
 * They stand as they stood, so that the next table says them again. Done anew it comes to the same.
 *
 * @param directory of the source's snapshots
 */
export async function writeSnapshot(
  directory: string,
  tables: TwoTables,
  ground: EventGround,
  run: {
    readonly run: string
    readonly stretches: readonly Stretch[]
    readonly census: Pick<SnapshotHead, 'header' | 'counties'>
  },
): Promise<void> {
  const path = join(directory, String(ground.number))
  if (existsSync(path)) return
  const half = `${path}.new`
  await rm(half, { recursive: true, force: true })
  await mkdir(half, { mode: 0o700 })
  const rowKey = rowKeyOf(tables.idKey)
  const refused = refusals(run.stretches)
  const buckets: number[] = []
  let ordinal = 0
  for (let bucket = 0; bucket < SNAPSHOT_LIMITS.buckets; bucket++) {
    const writer = await writeBucket(bucketPath(half, bucket), bucket, rowKey)
    let rows = 0
    for (const difference of await differencesIn(tables, bucket)) {
      const kept = keptAfter(difference, ground, (events) => refused(ordinal, events))
      ordinal += 1
      if (kept === null || difference.kind === 'faulty') continue
      await writer.add(keptLine(difference.key, kept))
      rows += 1
    }
    await writer.close()
    buckets.push(rows)
  }
  const head: SnapshotHead = {
    version: 1,
    number: ground.number,
    run: run.run,
    base: tables.base?.head.number ?? null,
    header: run.census.header,
    columns: [...tables.columns],
    rows: buckets.reduce((sum, rows) => sum + rows, 0),
    buckets,
    counties: run.census.counties,
  }
  await writeJson(join(half, 'snapshot.json'), head)
  await rename(half, path)
}

/**
 * A row as it is in force after its difference was sent; null: it is not.
 *
 * @param refusedOf which of so many events of this difference were refused, by their index
 */
export function keptAfter(
  difference: Difference,
  ground: EventGround,
  refusedOf: (events: number) => ReadonlySet<number>,
): KeptRow | null {
  const { events, faults } = eventsOf(difference, ground)
  const refused = refusedOf(events.length)
  if (difference.kind === 'faulty') return null
  const isRefused = refused.size > 0 || faults.length > 0
  const before = 'before' in difference ? difference.before : null
  const standing = standingAfter(
    before?.standing ?? {},
    events.filter((_, index) => !refused.has(index)),
  )
  if (!('after' in difference)) {
    if (difference.kind === 'held') return before
    return isRefused && before !== null ? { ...before, standing, isOpen: true } : null
  }
  if (!isRefused) return { cells: difference.after, standing, isOpen: false }
  // As it was, where it was: what is made of it next time is told apart from what stands.
  if (before !== null) return { cells: before.cells, standing, isOpen: true }
  return Object.keys(standing).length === 0 ? null : { cells: difference.after, standing, isOpen: true }
}

/** Which events of a difference were refused; asked for one difference after the other, from the first on. */
function refusals(stretches: readonly Stretch[]): (ordinal: number, events: number) => ReadonlySet<number> {
  let at = 0
  let number = 0
  let others = new Set(stretches[0]?.others)
  return (ordinal, events) => {
    while (at < stretches.length && ordinal >= (stretches[at]?.settled ?? 0)) {
      at += 1
      number = 0
      others = new Set(stretches[at]?.others)
    }
    const found = new Set<number>()
    for (let index = 0; index < events; index++) if (others.has(number++)) found.add(index)
    return found
  }
}

/** Removes what no undo can need any more: everything but these snapshots. */
export async function forgetOthers(directory: string, keep: readonly (number | null)[]): Promise<void> {
  for (const name of await readdir(directory)) {
    if (/^\d+(\.new)?$/.test(name) && !keep.includes(Number(name))) {
      await rm(join(directory, name), { recursive: true, force: true })
    }
  }
}
