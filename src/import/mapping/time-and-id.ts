import { createHmac } from 'node:crypto'
import { CATALOGUE, isEventType } from '../../model/catalogue/catalogue.ts'
import { tidy } from './cells.ts'
import { readDate } from './dates.ts'
import { type Reader, type RowContext, textReader } from './member.ts'
import type { Mapping, MappingRule } from './schema.ts'
import { personalColumns } from './target.ts'

/** Reads the time of an event; a day alone is its first moment in +08:00. Null: the time at which the table was taken in. */
export function timeReader(
  rule: MappingRule,
  where: string,
  reader: Reader,
): ((row: RowContext) => string | undefined) | null {
  const { time } = rule
  if ('taken' in time) return null
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

/**
 * Reads the id of an event: of the columns that name the row for ever, else of the whole row.
 *
 * @param idKey secret of ids made of whole rows
 */
export function idReader(
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
  const personal = new Set(mapping.rules.flatMap(dataColumns).map(tidy))
  const shown = id.columns.filter((column) => personal.has(tidy(column)))
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

/** Columns of a rule that tell of people. */
function dataColumns(rule: MappingRule): string[] {
  return personalColumns(rule.data, isEventType(rule.type) ? CATALOGUE[rule.type].data : null)
}
