import type { TSchema } from '@sinclair/typebox'
import { readCounty, readFlag, readNumber, readRatio, tidy } from './cells.ts'
import { readDate } from './dates.ts'
import {
  EMPTY_CELLS,
  isConstant,
  isLeaf,
  isList,
  type Leaf,
  type Mapping,
  type Member,
  type MemberList,
  partsOf,
  type Reading,
} from './schema.ts'
import { itemOf, memberOf, readingOf, requires } from './target.ts'

/** A row while it is read. */
export interface RowContext {
  readonly cells: readonly string[]
  /** The same row in the full table before; null where there is none. */
  readonly before: readonly string[] | null
  /** The piece of a split cell at hand. */
  piece: { readonly whole: string; readonly groups: Readonly<Record<string, string | undefined>> } | null
  /** What could not be read, a sentence each; names the column, never what stands in it. */
  readonly faults: string[]
}

/** Value of a member for a row; undefined: there is none. */
export type Read = (row: RowContext) => unknown

type CodeTable = Readonly<Record<string, string | number | boolean>>

/** What the members of a mapping are read with. */
export interface Reader {
  readonly mapping: Pick<Mapping, 'tables' | 'empty'>
  /** Place of a column in the rows; reports one that is not there. */
  placeOf(column: string, where: string): number
  /** The mapping is wrong: `where` names the place in the file. */
  wrong(where: string, cause: string): void
}

/** How a member is read; `target` is its schema in the catalogue, null where there is none. */
export function readerOf(member: Member, target: TSchema | null, where: string, reader: Reader): Read {
  if (isConstant(member)) return () => member.constant
  if (isList(member)) return listReader(member, target, where, reader)
  if (isLeaf(member)) return leafReader(member, target, where, reader)
  const parts = partsOf(member).map(([name, part]) => {
    const schema = target === null ? null : memberOf(target, name)
    if (target !== null && schema === null) reader.wrong(`${where}.${name}`, 'the type has no such member')
    return [
      name,
      readerOf(part, schema, `${where}.${name}`, reader),
      schema !== null && requires(target, name),
    ] as const
  })
  return (row) => {
    const made: Record<string, unknown> = {}
    let some = false
    for (const [name, read, isRequired] of parts) {
      const value = read(row) ?? (isRequired && !isLeafSchema(memberOf(target, name)) ? {} : undefined)
      if (value === undefined) continue
      made[name] = value
      some = true
    }
    return some ? made : undefined
  }
}

const isLeafSchema = (schema: TSchema | null) => schema?.type !== 'object'
/** The text of a cell or piece, tidied; '' when it is empty or counts as such. */
export function textReader(leaf: Leaf, where: string, reader: Reader): (row: RowContext) => string {
  const empty = new Set([...EMPTY_CELLS, ...(reader.mapping.empty ?? [])])
  const filled = (text: string) => (empty.has(text) ? '' : text)
  if ('piece' in leaf) {
    const name = leaf.piece
    return ({ piece }) => filled(tidy((name === 'whole' ? piece?.whole : piece?.groups[name]) ?? ''))
  }
  const { column } = leaf
  const places = [column].flat().map((one) => reader.placeOf(one, where))
  const isBefore = leaf.before === true
  return ({ cells, before }) => {
    const row = isBefore ? before : cells
    for (const place of places) {
      const text = filled(tidy(row?.[place] ?? ''))
      if (text !== '') return text
    }
    return ''
  }
}

function leafReader(leaf: Leaf, target: TSchema | null, where: string, reader: Reader): Read {
  const text = textReader(leaf, where, reader)
  const reading = leaf.as ?? readingOf(target)
  const table = tableOf(leaf, where, reader)
  const label = 'column' in leaf ? [leaf.column].flat().join(', ') : `piece ${leaf.piece}`
  return (row) => {
    const cell = text(row)
    if (cell === '') return leaf.otherwise
    if (table !== null) {
      const found = Object.hasOwn(table, cell) ? table[cell] : leaf.otherwise
      if (found === undefined)
        row.faults.push(`${label}: not in the code table; add it to the table, or give "otherwise".`)
      return found
    }
    const value = valueIn(cell, reading, leaf)
    if (value === null) row.faults.push(`${label}: ${HINTS[reading]}`)
    return value ?? undefined
  }
}

function tableOf(leaf: Leaf, where: string, reader: Reader): CodeTable | null {
  if (leaf.table === undefined) return null
  if (typeof leaf.table !== 'string') return leaf.table
  const named = reader.mapping.tables?.[leaf.table]
  if (named === undefined) reader.wrong(where, `there is no table "${leaf.table}" under "tables"`)
  return named ?? {}
}

const HINTS: Readonly<Record<Reading, string>> = {
  text: 'not a text.',
  code: 'not a code.',
  number: 'not a number of yuan; mend the cell (other currencies are not taken).',
  integer: 'not a whole number; mend the cell.',
  ratio: 'not a share; write 0.334 or 33.4 %, or give "unit": 0.01.',
  flag: 'neither yes nor no; mend the cell, or give a table.',
  date: 'not a date there is; mend the cell, or give its "format".',
  county: 'names no county, or more than one; give a table from its words to GB/T 2260 codes.',
}

function valueIn(cell: string, reading: Reading, { unit, format }: Leaf): unknown {
  switch (reading) {
    case 'text':
      return cell
    case 'code':
      return cell.replace(/[\s-]/g, '').toUpperCase()
    case 'number':
      return readNumber(cell, unit)
    case 'integer': {
      const value = readNumber(cell.replace(/[人家户名个件次台年]$/, ''), unit)
      return value !== null && Number.isInteger(value) ? value : null
    }
    case 'ratio':
      return readRatio(cell, unit)
    case 'flag':
      return readFlag(cell)
    case 'date':
      return readDate(cell, format)?.day ?? null
    case 'county':
      return readCounty(cell)
  }
}

function listReader(list: MemberList, target: TSchema | null, where: string, reader: Reader): Read {
  const text = textReader({ column: list.column }, where, reader)
  const split = list.split === undefined ? null : expression(list.split, `${where}.split`, reader)
  const pattern = list.pattern === undefined ? null : expression(list.pattern, `${where}.pattern`, reader)
  const read = readerOf(list.each, itemOf(target), `${where}.each`, reader)
  return (row) => {
    const cell = text(row)
    if (cell === '') return undefined
    const items: unknown[] = []
    for (const whole of (split === null ? [cell] : cell.split(split))
      .map((one) => one.trim())
      .filter((one) => one !== '')) {
      const match = pattern === null ? null : pattern.exec(whole)
      if (pattern !== null && match === null) {
        row.faults.push(
          `${[list.column].flat().join(', ')}: a piece does not fit "pattern"; mend the cell or the pattern.`,
        )
        continue
      }
      row.piece = { whole, groups: match?.groups ?? {} }
      const item = read(row)
      row.piece = null
      if (item !== undefined) items.push(item)
    }
    return items.length === 0 ? undefined : items
  }
}

export function expression(text: string, where: string, reader: Pick<Reader, 'wrong'>): RegExp {
  try {
    return new RegExp(text, 'u')
  } catch {
    reader.wrong(where, 'not a regular expression')
    return /(?!)/
  }
}
