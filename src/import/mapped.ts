import type { Row } from './csv.ts'
import type { Item, ItemSource } from './item.ts'
import type { CompiledMapping } from './mapping/compile.ts'
import { linesIn, type Table } from './table.ts'

/** The rows of a table as events, by a mapping. A row of which anything cannot be read makes none at all. */
export function mappedSource(table: Table, mapping: CompiledMapping, how: MappedOptions): ItemSource {
  return {
    async *items(from) {
      for await (const rows of table.rows(from)) yield rows.map((row) => itemOf(row, mapping, how))
    },
    explain: (rule, refusal) => explained(mapping, rule, refusal),
  }
}

interface MappedOptions {
  readonly backfill: boolean
  /** What becomes of a row for which no rule holds. */
  readonly unmatched: 'reject' | 'skip'
}

/** Adds the columns that the door's sentence is about. */
export function explained(
  mapping: CompiledMapping,
  rule: string | undefined,
  refusal: { readonly code: string; readonly message: string },
): string {
  const columns = rule === undefined ? '' : mapping.columnsBehind(rule, refusal)
  return columns === '' ? refusal.message : `${refusal.message} Column: ${columns}.`
}

function itemOf({ record, cells, fault }: Row, mapping: CompiledMapping, how: MappedOptions): Item {
  const { line, start, end } = record
  const place = { line, start, end, nextLine: line + linesIn(record) }
  if (cells === null) return { ...place, events: [], rules: [], fault }
  const made = mapping.eventsOf(cells)
  const faults = made.flatMap((one) => ('faults' in one ? one.faults : []))
  if (faults.length > 0) {
    const message = `Line ${line}: ${[...new Set(faults)].join(' ')}`
    return { ...place, events: [], rules: [], fault: { code: 'cell.invalid', message } }
  }
  if (made.length === 0 && how.unmatched === 'reject') {
    const message = `Line ${line}: no rule of the mapping holds for this row; add one, or say "unmatched": "skip".`
    return { ...place, events: [], rules: [], fault: { code: 'row.unmatched', message } }
  }
  const events = made.flatMap((one) => ('event' in one ? [one.event] : []))
  return {
    ...place,
    events: events.map((event) => JSON.stringify(how.backfill ? { ...event, backfill: true } : event)),
    rules: made.map(({ rule }) => rule),
    fault: null,
  }
}
