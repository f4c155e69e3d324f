import type { TSchema } from '@sinclair/typebox'
import { CATALOGUE, isEventType } from '../../model/catalogue/catalogue.ts'
import { ImportError } from '../faults.ts'
import { tidy } from './cells.ts'
import { columnsBehind } from './columns-behind.ts'
import { expression, type Read, type Reader, type RowContext, readerOf, textReader } from './member.ts'
import type { Condition, Leaf, Mapping, MappingRule, Reading, RowChange } from './schema.ts'
import { requiredOf } from './target.ts'
import { idReader, timeReader } from './time-and-id.ts'

/** What one rule makes of a row. */
export type Made =
  | { readonly rule: string; readonly event: Readonly<Record<string, unknown>> }
  | { readonly rule: string; readonly faults: readonly string[] }

/** A row as it is, and as it was where it is compared. */
export interface RowView {
  readonly cells: readonly string[]
  readonly before: readonly string[] | null
  /** When the table was taken in, RFC 3339; null where nothing is compared. */
  readonly taken: string | null
}

/** A mapping, ready for the rows of one table. */
export interface CompiledMapping {
  /** One event for each rule that holds for a new row; none: the row fits no rule. */
  eventsOf(cells: readonly string[]): Made[]
  readonly rules: readonly CompiledRule[]
  /** Places of the columns that anything but an id is made of, ascending. */
  readonly places: readonly number[]
  /** The columns a refusal of the door speaks of, by the member it names; '' when that cannot be told. */
  columnsBehind(rule: string, refusal: { readonly code: string; readonly message: string }): string
}

/**
 * Checks a mapping against the catalogue and the header, and makes it ready.
 *
 * @param idKey secret of ids made of whole rows: without it a stored id would let guess what was masked in the event
 * @throws ImportError that lists everything wrong, each with its place in the mapping and what to do
 */
export function compileMapping(mapping: Mapping, header: readonly string[], idKey: Buffer): CompiledMapping {
  const errors: string[] = []
  const places = new Map<string, number>()
  for (const [index, name] of header.entries()) if (!places.has(name)) places.set(name, index)
  const read = new Set<number>()
  const reader: Reader = {
    mapping,
    placeOf(column, where) {
      const name = tidy(column)
      const place = places.get(name)
      if (place !== undefined) {
        if (!where.endsWith('.id')) read.add(place)
        return place
      }
      errors.push(`${where}: the file has no column "${column}"; it has ${header.join(', ')}`)
      return -1
    },
    wrong: (where, cause) => void errors.push(`${where}: ${cause}`),
  }
  const rules = new Map(mapping.rules.map((rule) => [rule.name, compileRule(rule, mapping, reader, idKey)]))
  if (rules.size < mapping.rules.length) errors.push('rules: two rules have the same name')
  if (errors.length > 0) throw new ImportError(`the mapping does not fit:\n  ${errors.join('\n  ')}`)

  const forNew = [...rules.values()].filter(({ on }) => on.includes('new'))
  return {
    eventsOf(cells) {
      const row = { cells, before: null, taken: null }
      return forNew.filter(({ holds }) => holds(row)).map(({ makeWithId }) => makeWithId(row))
    },
    rules: [...rules.values()],
    places: [...read].sort((a, b) => a - b),
    columnsBehind: (rule, refusal) => rules.get(rule)?.columnsBehind(refusal) ?? '',
  }
}

/** One rule, ready for rows. */
export interface CompiledRule {
  readonly name: string
  readonly on: readonly RowChange[]
  holds(row: RowView): boolean
  /** The event without its id. */
  make(row: RowView): Made
  makeWithId(row: RowView): Made
  columnsBehind(refusal: { readonly code: string; readonly message: string }): string
}

function compileRule(rule: MappingRule, mapping: Mapping, reader: Reader, idKey: Buffer): CompiledRule {
  const where = `rules.${rule.name}`
  const target = targetOf(rule, where, reader)
  const conditions = (rule.when ?? []).map((one) => condition(one, where, reader))
  const envelope = (member: Leaf | { constant: unknown } | undefined, reading: Reading, name: string): Read | null => {
    if (member === undefined) return null
    if ('constant' in member) return () => member.constant
    return readerOf({ as: reading, ...member }, null, `${where}.${name}`, reader)
  }
  const subject = envelope(rule.subject, 'code', 'subject')
  const region = envelope(rule.region, 'county', 'region')
  const industry = envelope(rule.industry, 'code', 'industry')
  const time = timeReader(rule, where, reader)
  const data = readerOf(rule.data, target, `${where}.data`, reader)
  const id = idReader(rule, mapping, where, reader, idKey)
  const context = ({ cells, before }: RowView): RowContext => ({ cells, before, piece: null, faults: [] })
  function made(view: RowView, named: (row: RowContext) => { readonly id?: string }): Made {
    const row = context(view)
    const event = {
      specversion: '1.0',
      ...named(row),
      source: mapping.source,
      type: rule.type,
      subject: subject?.(row),
      time: time === null ? view.taken : time(row),
      region: region?.(row),
      industry: industry?.(row),
      data: data(row) ?? {},
    }
    return row.faults.length > 0 ? { rule: rule.name, faults: row.faults } : { rule: rule.name, event }
  }
  return {
    name: rule.name,
    on: rule.on ?? ['new', 'changed'],
    holds: (view) => conditions.every((one) => one(context(view))),
    make: (view) => made(view, () => ({})),
    makeWithId: (view) => made(view, (row) => ({ id: id(row) })),
    columnsBehind: (refusal) => columnsBehind(rule, refusal),
  }
}

function targetOf(rule: MappingRule, where: string, reader: Reader): TSchema | null {
  if (!isEventType(rule.type)) {
    reader.wrong(`${where}.type`, `"${rule.type}" is not in the catalogue; see the table of event types`)
    return null
  }
  const definition = CATALOGUE[rule.type]
  const missing = requiredOf(definition.data).filter((name) => !Object.hasOwn(rule.data, name))
  if (missing.length > 0) {
    reader.wrong(`${where}.data`, `${rule.type} needs ${missing.join(', ')}: name a column or give a constant`)
  }
  if (definition.subject === 'required' && rule.subject === undefined) {
    reader.wrong(where, `${rule.type} needs "subject": the column with the unified social credit code`)
  }
  return definition.data
}

function condition(one: Condition, where: string, reader: Reader): (row: RowContext) => boolean {
  const text = textReader({ column: one.column }, `${where}.when`, reader)
  const matches = one.matches === undefined ? null : expression(one.matches, `${where}.when.matches`, reader)
  const is = one.is === undefined ? null : new Set(one.is.map(tidy))
  const not = one.not === undefined ? null : new Set(one.not.map(tidy))
  const former = textReader({ column: one.column, before: true }, `${where}.when`, reader)
  return (row) => {
    const cell = text(row)
    if (one.changed !== undefined && one.changed !== (row.before !== null && former(row) !== cell)) return false
    if (is !== null && !is.has(cell)) return false
    if (not?.has(cell)) return false
    if (matches !== null && !matches.test(cell)) return false
    return one.filled === undefined || one.filled === (cell !== '')
  }
}
