import type { TSchema } from '@sinclair/typebox'
import { CATALOGUE, type EventType } from '../../model/catalogue/catalogue.ts'
import { FILL_IN } from '../mapping/schema.ts'
import { memberOf } from '../mapping/target.ts'
import { TYPE_TABLES } from './words.ts'

/** Where a column probably goes. */
export interface ColumnGuess {
  readonly column: string
  /** E.g. `data.capital`. */
  readonly member: string
  /** 0 to 1: by its heading, lowered where the cells cannot be read so. */
  readonly confidence: number
  /** Share of the filled cells of the sample that can be read so. */
  readonly readable: number
  /** Yuan a unit of the cell, from a heading like 注册资本(万元). */
  readonly unit?: number
}

/** A mapping file of what was guessed, with `FILL IN` where a person must say something. */
export function proposal(type: EventType, columns: readonly ColumnGuess[], missing: readonly string[]): object {
  const rule: Record<string, unknown> = { name: type.split('.')[0], type }
  const number = columns.find(({ member }) => ['data.number', 'data.decision'].includes(member))
  if (number !== undefined) rule.id = { columns: [number.column], prefix: '' }
  const tables: Record<string, unknown> = {}
  const put = (member: string, value: unknown): void => {
    const path = member.split('.')
    let place = rule
    for (const name of path.slice(0, -1)) {
      place[name] ??= {}
      place = place[name] as Record<string, unknown>
    }
    place[path.at(-1) as string] = value
  }
  for (const member of ['subject', 'time', 'region', 'industry']) {
    const found = columns.find((one) => one.member === member)
    if (found !== undefined) put(member, { column: found.column })
    else if (missing.includes(member)) put(member, { constant: FILL_IN })
  }
  rule.data = {}
  for (const { column, member, unit } of columns.filter((one) => one.member.startsWith('data.'))) {
    const table = TYPE_TABLES[`${type} ${member}`]
    const name = member.split('.').at(-1) as string
    if (table !== undefined) tables[name] = table
    const isList = schemaOf(type, member)?.type === 'array'
    put(
      member,
      isList
        ? { column, split: '[;；,，、]', each: { piece: 'whole', table: {} } }
        : { column, ...(unit !== undefined && { unit }), ...(table !== undefined && { table: name }) },
    )
  }
  for (const member of missing.filter((one) => one.startsWith('data.'))) {
    put(member, schemaOf(type, member)?.type === 'object' ? {} : { constant: FILL_IN })
  }
  return {
    version: 1,
    source: FILL_IN,
    ...(Object.keys(tables).length > 0 && { tables }),
    rules: [rule],
    unmatched: 'reject',
  }
}

/** The schema of a member such as `data.capital`; null when the type has none. */
export function schemaOf(type: EventType, member: string): TSchema | null {
  let schema: TSchema | null = CATALOGUE[type].data
  for (const name of member.split('.').slice(1)) schema = memberOf(schema, name)
  return schema
}
