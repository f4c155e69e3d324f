import { ImportError } from '../faults.ts'
import type { Item, ItemSource } from '../item.ts'
import { type Comparison, compareRows, type Difference } from './compare.ts'
import { type EventGround, eventsOf } from './events.ts'
import type { FullTable } from './full-table.ts'
import type { SnapshotHead } from './ledger.ts'
import { SNAPSHOT_LIMITS } from './limits.ts'
import { type KeptRow, readKeptLine, readTableLine } from './rows.ts'
import { readBucket, rowKeyOf } from './sealed-bucket.ts'
import { bucketPath } from './take-in.ts'

/** Two tables as they lie on the disk. */
export interface TwoTables {
  /** The one that was accepted last; null for the first ever. */
  readonly base: { readonly directory: string; readonly head: SnapshotHead } | null
  /** Buckets of the one that was taken in. */
  readonly directory: string
  readonly columns: readonly string[]
  readonly uncompared: ReadonlySet<string>
  readonly hasUnreadable: boolean
  readonly idKey: Buffer
}

/** The differences of one bucket, in the order that they always have. */
export async function differencesIn(tables: TwoTables, bucket: number): Promise<Difference[]> {
  const { base, directory, columns, hasUnreadable, idKey } = tables
  const rowKey = rowKeyOf(idKey)
  const before = new Map<string, KeptRow>()
  if (base !== null) {
    const project = projection(base.head.columns, columns)
    for (const line of await readBucket(bucketPath(base.directory, bucket), bucket, rowKey)) {
      const { key, cells, ...rest } = readKeptLine(line)
      before.set(key, { ...rest, cells: project(cells) })
    }
    if (before.size !== base.head.buckets[bucket]) {
      throw new ImportError(`${bucketPath(base.directory, bucket)} is cut off: put it back from a backup`)
    }
  }
  const rows = (await readBucket(bucketPath(directory, bucket), bucket, rowKey)).map(readTableLine)
  return [...compareRows(before, rows, { isSame: sameness(tables), hasUnreadable })]
}

/** Cells in the order of other columns; those of columns that are new are empty. */
function projection(from: readonly string[], to: readonly string[]): (cells: readonly string[]) => readonly string[] {
  if (from.length === to.length && from.every((name, place) => name === to[place])) return (cells) => cells
  const places = to.map((name) => from.indexOf(name))
  return (cells) => places.map((place) => cells[place] ?? '')
}

/** Compares the columns that both tables kept, but for those of which the mapping says that they may differ. */
function sameness({ base, columns, uncompared }: TwoTables): Comparison['isSame'] {
  const places = columns.flatMap((name, place) =>
    uncompared.has(name) || base?.head.columns.includes(name) === false ? [] : [place],
  )
  return (before, after) => places.every((place) => before[place] === after[place])
}

/**
 * The differences of two tables as items, bucket by bucket; offsets number them, unchanged rows included, so that a run
 * that broke off goes on at its difference.
 *
 * @param units differences of each bucket
 */
export function differenceSource(
  tables: TwoTables,
  units: readonly number[],
  ground: EventGround,
  table: Pick<FullTable, 'explain'>,
): ItemSource {
  return {
    async *items({ offset }) {
      let begin = 0
      for (let bucket = 0; bucket < SNAPSHOT_LIMITS.buckets; bucket++) {
        const end = begin + (units[bucket] ?? 0)
        if (offset < end) {
          const differences = await differencesIn(tables, bucket)
          for (let at = 0; at < differences.length; at += GROUP) {
            const group = differences.slice(at, at + GROUP)
            const items = group.map((difference, index) => itemOf(difference, begin + at + index, ground))
            yield items.filter(({ start }) => start >= offset)
          }
        }
        begin = end
      }
    },
    explain: (rule, refusal) => table.explain(rule, refusal),
  }
}

/** Differences made into events at a time, a few milliseconds. */
const GROUP = 500

export function itemOf(difference: Difference, ordinal: number, ground: EventGround): Item {
  const [line, start, end] =
    difference.kind === 'faulty' ? difference.row.place : 'place' in difference ? difference.place : [0, 0, 0]
  const place = { line, start: ordinal, end: ordinal + 1, nextLine: ordinal + 2, origin: { start, end } }
  if (difference.kind === 'faulty') return { ...place, events: [], rules: [], fault: difference.row.fault }
  const { events, faults } = eventsOf(difference, ground)
  if (faults.length > 0) {
    const message = `${line === 0 ? '' : `Line ${line}: `}${[...new Set(faults)].join(' ')}`
    return { ...place, events: [], rules: [], fault: { code: 'cell.invalid', message } }
  }
  return {
    ...place,
    events: events.map(({ event }) => JSON.stringify(event)),
    rules: events.map(({ rule }) => rule),
    restores: events.map(({ former, event }) => (former === null ? null : { ...former, retracts: event.retracts })),
    fault: null,
  }
}
