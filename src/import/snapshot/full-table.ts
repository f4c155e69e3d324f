import { ImportError } from '../faults.ts'
import type { Input } from '../input.ts'
import { explained } from '../mapped.ts'
import { tidy } from '../mapping/cells.ts'
import { type CompiledMapping, type CompiledRule, compileMapping, type Made, type RowView } from '../mapping/compile.ts'
import { readMapping } from '../mapping/load.ts'
import type { Mapping } from '../mapping/schema.ts'
import { ndjsonSource } from '../ndjson.ts'
import { openMappedTable, type Reading } from '../source.ts'
import type { TableRow } from './rows.ts'

/** A row as it was read, with the county that it belongs to; null where that cannot be told. */
export type ReadRow = TableRow & { readonly county: string | null }

/** A rule over kept cells. */
export interface SnapshotRule extends Pick<CompiledRule, 'name' | 'on'> {
  holds(row: RowView): boolean
  make(row: RowView): Made
}

/** A table that a source delivers whole, again and again. */
export interface FullTable {
  /** Names of its columns, and of those that are kept and compared. */
  readonly header: readonly string[]
  readonly columns: readonly string[]
  readonly uncompared: ReadonlySet<string>
  readonly rules: readonly SnapshotRule[]
  /** Whether the events of a row that vanished are withdrawn. */
  readonly withdrawsVanished: boolean
  readonly headerBytes: number
  rows(): AsyncIterable<readonly ReadRow[]>
  explain(rule: string | undefined, refusal: { readonly code: string; readonly message: string }): string
}

/** What differences of a table are made into events by; of a table that was taken in, its file is not needed again. */
export type TableRules = Pick<FullTable, 'columns' | 'uncompared' | 'rules' | 'withdrawsVanished' | 'explain'>

export function rulesOf(
  mapping: string | null,
  header: readonly string[],
  key: readonly string[],
  idKey: Buffer,
): TableRules {
  if (mapping === null) return EVENT_RULES
  const read = readMapping(mapping, 'the mapping')
  return mappedRules(read, compileMapping(read, header, idKey), header, key)
}

/** @param key columns of a table, or members of an event (`data.number`), that name a row in every delivery */
export async function openFullTable(
  input: Input,
  reading: Reading,
  key: readonly string[],
  idKey: Buffer,
): Promise<FullTable> {
  return reading.mapping === null ? eventTable(input, reading, key) : await mappedTable(input, reading, key, idKey)
}

const JOINT = '\u001f'
const COUNTY = /^\d{6}$/

async function mappedTable(input: Input, reading: Reading, key: readonly string[], idKey: Buffer): Promise<FullTable> {
  const { table, mapping, compiled } = await openMappedTable(input, reading, idKey)
  const { header } = table
  const { keyPlaces, places, ...rules } = mappedRules(mapping, compiled, header, key)
  const kept = (cells: readonly string[]) => places.map((place) => tidy(cells[place] ?? ''))

  async function* rows(): AsyncGenerator<readonly ReadRow[]> {
    for await (const group of table.rows({ offset: 0, line: 1 })) {
      yield group.map(({ record, cells, fault }) => {
        const place = [record.line, record.start, record.end] as const
        if (cells === null) return { key: null, place, cells, fault, county: null }
        const parts = keyPlaces.map((one) => tidy(cells[one] ?? ''))
        if (parts.includes('')) return { ...unnamed(record.line, key), place, county: null }
        const named = { key: parts.join(JOINT), place }
        const made = compiled.eventsOf(cells)
        const faults = made.flatMap((one) => ('faults' in one ? one.faults : []))
        const county = countyOf(made)
        if (faults.length > 0) {
          const message = `Line ${record.line}: ${[...new Set(faults)].join(' ')}`
          return { ...named, cells: null, fault: { code: 'cell.invalid' as const, message }, county }
        }
        if (made.length === 0 && mapping.unmatched !== 'skip') {
          const message = `Line ${record.line}: no rule of the mapping holds for this row; add one, or say "unmatched": "skip".`
          return { ...named, cells: null, fault: { code: 'row.unmatched' as const, message }, county }
        }
        return { ...named, cells: kept(cells), fault: null, county }
      })
    }
  }

  return { header, ...rules, headerBytes: table.first.offset, rows }
}

/** The rules of a mapping over the cells that are kept: those of the key, and of which anything but an id is made. */
function mappedRules(mapping: Mapping, compiled: CompiledMapping, header: readonly string[], key: readonly string[]) {
  const keyPlaces = key.map((column) => {
    const place = header.indexOf(tidy(column))
    if (place === -1) throw new ImportError(`--key: the file has no column "${column}"; it has ${header.join(', ')}`)
    return place
  })
  const places = [...new Set([...compiled.places, ...keyPlaces])].sort((a, b) => a - b)
  function whole(cells: readonly string[]): string[] {
    const row = header.map(() => '')
    for (const [index, place] of places.entries()) row[place] = cells[index] ?? ''
    return row
  }
  const view = ({ cells, before, taken }: RowView): RowView => {
    return { cells: whole(cells), before: before === null ? null : whole(before), taken }
  }
  return {
    keyPlaces,
    places,
    columns: places.map((place) => header[place] as string),
    uncompared: new Set(mapping.uncompared?.map(tidy)),
    rules: compiled.rules.map(
      (rule): SnapshotRule => ({
        name: rule.name,
        on: rule.on,
        holds: (row) => rule.holds(view(row)),
        make: (row) => rule.make(view(row)),
      }),
    ),
    withdrawsVanished: mapping.vanished === 'withdraw',
    explain: (rule: string | undefined, refusal: { readonly code: string; readonly message: string }) =>
      explained(compiled, rule, refusal),
  }
}

const EVENT_RULES: TableRules = {
  columns: ['event'],
  uncompared: new Set(),
  rules: [
    {
      name: 'event',
      on: ['new', 'changed'],
      holds: () => true,
      make: ({ cells }) => ({ rule: 'event', event: objectIn(cells[0] ?? '') ?? {} }),
    },
  ],
  withdrawsVanished: false,
  explain: (_rule, { message }) => message,
}

/** Events, one a line: compared without their ids, which such sources make anew each time. */
function eventTable(input: Input, { encoding }: Reading, key: readonly string[]): FullTable {
  const source = ndjsonSource(input, encoding, false)

  function rowOf(line: number, place: TableRow['place'], text: string): ReadRow {
    const event = objectIn(text)
    if (event === null) {
      const message = `Line ${line} is not a JSON object.`
      return { key: null, place, cells: null, fault: { code: 'row.malformed', message }, county: null }
    }
    const parts = key.map((path) => textAt(event, path))
    if (parts.includes('')) return { ...unnamed(line, key), place, county: null }
    const { id: _id, ...rest } = event
    const county = typeof event.region === 'string' && COUNTY.test(event.region) ? event.region : null
    return { key: parts.join(JOINT), place, cells: [JSON.stringify(rest)], fault: null, county }
  }

  return {
    ...EVENT_RULES,
    header: [],
    headerBytes: 0,
    async *rows() {
      for await (const items of source.items({ offset: 0, line: 1 })) {
        yield items.map(({ line, start, end, events, fault }) => {
          const place = [line, start, end] as const
          return fault === null
            ? rowOf(line, place, events[0] ?? '')
            : { key: null, place, cells: null, fault, county: null }
        })
      }
    },
  }
}

function unnamed(line: number, key: readonly string[]) {
  const message = `Line ${line}: ${key.join(', ')}: empty, and rows are compared by it.`
  return { key: null, cells: null, fault: { code: 'cell.invalid' as const, message } }
}

function countyOf(made: readonly Made[]): string | null {
  for (const one of made) {
    const region = 'event' in one ? one.event.region : null
    if (typeof region === 'string' && COUNTY.test(region)) return region
  }
  return null
}

function objectIn(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null
  } catch {
    return null
  }
}

/** A text or number inside an event, by its path; '' where there is none. */
function textAt(event: Record<string, unknown>, path: string): string {
  let value: unknown = event
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null) return ''
    value = (value as Record<string, unknown>)[name]
  }
  return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : ''
}
