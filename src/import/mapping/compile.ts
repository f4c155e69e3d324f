import { createHmac } from 'node:crypto'
import type { TSchema } from '@sinclair/typebox'
import { CATALOGUE, isEventType } from '../../model/catalogue/catalogue.ts'
import { ImportError } from '../faults.ts'
import { tidy } from './cells.ts'
import { readDate } from './dates.ts'
import { expression, type Read, type Reader, type RowContext, readerOf, textReader } from './member.ts'
import {
  type Condition,
  isConstant,
  isLeaf,
  isList,
  type Leaf,
  type Mapping,
  type MappingRule,
  type Member,
  partsOf,
  type Reading,
} from './schema.ts'
import { personalColumns, requiredOf } from './target.ts'

/** What one rule makes of a row. */
export type Made =
  | { readonly rule: string; readonly event: Readonly<Record<string, unknown>> }
  | { readonly rule: string; readonly faults: readonly string[] }

/** A mapping, ready for the rows of one table. */
export interface CompiledMapping {
  /** One event for each rule that holds; none: the row fits no rule. */
  eventsOf(cells: readonly string[]): Made[]
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
  const reader: Reader = {
    mapping,
    placeOf(column, where) {
      const name = tidy(column)
      const place = places.get(name)
      if (place !== undefined) return place
      errors.push(`${where}: the file has no column "${column}"; it has ${header.join(', ')}`)
      return -1
    },
    wrong: (where, cause) => void errors.push(`${where}: ${cause}`),
  }
  const rules = new Map(mapping.rules.map((rule) => [rule.name, compileRule(rule, mapping, reader, idKey)]))
  if (rules.size < mapping.rules.length) errors.push('rules: two rules have the same name')
  if (errors.length > 0) throw new ImportError(`the mapping does not fit:\n  ${errors.join('\n  ')}`)

  return {
    eventsOf: (cells) => [...rules.values()].filter(({ holds }) => holds(cells)).map(({ make }) => make(cells)),
    columnsBehind: (rule, refusal) => rules.get(rule)?.columnsBehind(refusal) ?? '',
  }
}

interface CompiledRule {
  holds(cells: readonly string[]): boolean
  make(cells: readonly string[]): Made
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
  return {
    holds: (cells) => conditions.every((one) => one({ cells, piece: null, faults: [] })),
    make(cells) {
      const row: RowContext = { cells, piece: null, faults: [] }
      const event = {
        specversion: '1.0',
        id: id(row),
        source: mapping.source,
        type: rule.type,
        subject: subject?.(row),
        time: time(row),
        region: region?.(row),
        industry: industry?.(row),
        data: data(row) ?? {},
      }
      return row.faults.length > 0 ? { rule: rule.name, faults: row.faults } : { rule: rule.name, event }
    },
    columnsBehind: ({ code, message }) => {
      const named = /^data((?:\.\w+)+)/.exec(message)?.[1]?.slice(1).split('.')
      const member = named === undefined ? envelopeBehind(rule, code) : follow(rule.data, named)
      return member === undefined ? '' : columnsIn(member).join(', ')
    },
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

/** Columns of a rule that tell of people. */
function dataColumns(rule: MappingRule): string[] {
  return personalColumns(rule.data, isEventType(rule.type) ? CATALOGUE[rule.type].data : null)
}

function condition(one: Condition, where: string, reader: Reader): (row: RowContext) => boolean {
  const text = textReader({ column: one.column }, `${where}.when`, reader)
  const matches = one.matches === undefined ? null : expression(one.matches, `${where}.when.matches`, reader)
  const is = one.is === undefined ? null : new Set(one.is.map(tidy))
  const not = one.not === undefined ? null : new Set(one.not.map(tidy))
  return (row) => {
    const cell = text(row)
    if (is !== null && !is.has(cell)) return false
    if (not?.has(cell)) return false
    if (matches !== null && !matches.test(cell)) return false
    return one.filled === undefined || one.filled === (cell !== '')
  }
}

function timeReader(rule: MappingRule, where: string, reader: Reader): (row: RowContext) => string | undefined {
  const { time } = rule
  if ('constant' in time) return () => String(time.constant)
  const text = textReader(time, `${where}.time`, reader)
  const label = [time.column].flat().join(', ')
  return (row) => {
    const cell = text(row)
    if (cell === '') {
      if (time.otherwise === undefined)
        row.faults.push(`${label}: empty, and the event needs a time; name a second column, or give "otherwise".`)
      return time.otherwise === undefined ? undefined : String(time.otherwise)
    }
    const read = readDate(cell, time.format)
    if (read === null) row.faults.push(`${label}: not a date there is; mend the cell, or give its "format".`)
    return read === null ? undefined : `${read.day}T${read.time ?? '00:00:00'}+08:00`
  }
}

function idReader(
  rule: MappingRule,
  mapping: Mapping,
  where: string,
  reader: Reader,
  idKey: Buffer,
): (row: RowContext) => string {
  const { id } = rule
  if (id === undefined) {
    return ({ cells }) => {
      const row = cells.map(tidy).join('\u001f')
      return createHmac('sha256', idKey).update(`${mapping.source}\0${rule.name}\0${row}`).digest('hex').slice(0, 32)
    }
  }
  const personal = new Set(dataColumns(rule))
  const shown = id.columns.filter((column) => personal.has(column))
  if (shown.length > 0)
    reader.wrong(`${where}.id`, `an id stays in the clear for ever and must not be made of ${shown.join(', ')}`)
  const texts = id.columns.map((column) => textReader({ column }, `${where}.id`, reader))
  return (row) => {
    const parts = texts.map((text) => text(row))
    for (const [index, part] of parts.entries()) {
      if (part === '') row.faults.push(`${id.columns[index]}: empty, and the id is made of it.`)
    }
    return `${id.prefix ?? ''}${parts.join('-')}`
  }
}

function envelopeBehind(rule: MappingRule, code: string): Member | undefined {
  if (code.startsWith('subject.')) return rule.subject
  if (code.startsWith('region.')) return rule.region
  if (code.startsWith('time.')) return rule.time
  return code.startsWith('industry.') ? rule.industry : undefined
}

function follow(member: Member, path: readonly string[]): Member | undefined {
  const [name, ...rest] = path
  if (name === undefined || isLeaf(member) || isList(member) || isConstant(member)) return member
  const next = partsOf(member).find(([one]) => one === name)?.[1]
  return next === undefined ? undefined : follow(next, rest)
}

function columnsIn(member: Member): string[] {
  if (isConstant(member)) return []
  if (isList(member)) return [member.column].flat()
  if (isLeaf(member)) return 'column' in member ? [member.column].flat() : []
  return partsOf(member).flatMap(([, part]) => columnsIn(part))
}
