import type { KeptRow, RowPlace, TableRow } from './rows.ts'

/** What a row of two tables came to. `held`: its present row cannot be read, or others cannot, so nothing is said of it. */
export type Difference =
  | { readonly kind: 'faulty'; readonly row: TableRow & { readonly fault: NonNullable<TableRow['fault']> } }
  | { readonly kind: 'new'; readonly key: string; readonly place: RowPlace; readonly after: readonly string[] }
  | (InBoth & { readonly kind: 'unchanged' })
  | (InBoth & { readonly kind: 'changed' })
  | { readonly kind: 'vanished'; readonly key: string; readonly before: KeptRow }
  | { readonly kind: 'held'; readonly key: string; readonly before: KeptRow }

interface InBoth {
  readonly key: string
  readonly place: RowPlace
  readonly before: KeptRow
  readonly after: readonly string[]
}

/** How two tables are compared. */
export interface Comparison {
  /** Whether cells of the table before are those of now, as far as they are compared. */
  readonly isSame: (before: readonly string[], after: readonly string[]) => boolean
  /** Rows without a readable key could be any: nothing counts as vanished then. */
  readonly hasUnreadable: boolean
}

/**
 * What differs between two tables, or two buckets of them: what cannot be taken first, then every key of either in order.
 * Of a repeated key the first row counts. The same rows give the same differences in the same order, whatever theirs was.
 *
 *     before   a1 b1 c1 d1        after   b1 c2 e1, d?
 *     a vanished   b unchanged   c changed   d held   e new
 */
export function* compareRows(
  before: ReadonlyMap<string, KeptRow>,
  table: readonly TableRow[],
  { isSame, hasUnreadable }: Comparison,
): Generator<Difference> {
  const after = new Map<string, TableRow & { readonly cells: readonly string[] }>()
  const faulty = new Set<string>()
  for (const row of [...table].sort((a, b) => a.place[1] - b.place[1])) {
    const { key, cells, fault, place } = row
    if (fault !== null) {
      if (key !== null) faulty.add(key)
      yield { kind: 'faulty', row: { ...row, fault } }
    } else if (key !== null && cells !== null) {
      const first = after.get(key)
      if (first === undefined) after.set(key, { ...row, cells })
      else yield { kind: 'faulty', row: { ...row, fault: repeated(place[0], first.place[0]) } }
    }
  }
  for (const key of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    const [was, is] = [before.get(key), after.get(key)]
    if (is !== undefined && was !== undefined) {
      const kind = !was.isOpen && isSame(was.cells, is.cells) ? 'unchanged' : 'changed'
      yield { kind, key, place: is.place, before: was, after: is.cells }
    } else if (is !== undefined) yield { kind: 'new', key, place: is.place, after: is.cells }
    else if (was !== undefined) yield { kind: hasUnreadable || faulty.has(key) ? 'held' : 'vanished', key, before: was }
  }
}

function repeated(line: number, first: number) {
  const message = `Line ${line}: has the key of line ${first}; a key names one row. Mend the table, or give --key the columns that do.`
  return { code: 'row.repeated-key' as const, message }
}
