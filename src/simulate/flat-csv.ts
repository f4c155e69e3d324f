import type { TSchema } from '@sinclair/typebox'
import { CATALOGUE, type EventType } from '../model/catalogue/catalogue.ts'
import type { CloudEvent } from './cloud-event.ts'

/** A cell's value in an event. */
interface Column {
  readonly name: string
  value(event: CloudEvent): unknown
}

const ENVELOPE: readonly Column[] = (
  ['id', 'source', 'type', 'subject', 'time', 'region', 'industry', 'backfill', 'retracts'] as const
).map((name) => ({ name, value: (event) => event[name] }))

/**
 * Events of one type as a table: a column each member of the envelope, then of `data`, members of members with a dot
 * (`legalRepresentative.name`), lists as JSON. Quoted as in RFC 4180, lines end with a line feed.
 */
export interface FlatTable {
  readonly header: string
  line(event: CloudEvent): string
}

export function flatTable(type: EventType): FlatTable {
  const columns = [...ENVELOPE, ...columnsOf(CATALOGUE[type].data, [])]
  return {
    header: `${columns.map(({ name }) => name).join(',')}\n`,
    line: (event) => `${columns.map((column) => cell(column.value(event))).join(',')}\n`,
  }
}

function columnsOf(schema: TSchema, path: readonly string[]): Column[] {
  if (schema.type !== 'object') return [{ name: path.join('.'), value: ({ data }) => at(data, path) }]
  return Object.entries(schema.properties as Record<string, TSchema>).flatMap(([name, member]) =>
    columnsOf(member, [...path, name]),
  )
}

function at(data: unknown, path: readonly string[]): unknown {
  let value = data
  for (const name of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Record<string, unknown>)[name]
  }
  return value
}

function cell(value: unknown): string {
  if (value === undefined || value === null) return ''
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
