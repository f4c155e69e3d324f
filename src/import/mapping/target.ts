import { Kind, type TSchema } from '@sinclair/typebox'
import type { Treatment } from '../../model/catalogue/members.ts'
import { isConstant, isLeaf, isList, type Member, partsOf, type Reading } from './schema.ts'

/** Where a member of a mapping goes: what the catalogue says of it. */

/** Schema of a member of an object, looking into alternatives; null when there is none. */
export function memberOf(schema: TSchema | null, name: string): TSchema | null {
  for (const one of alternatives(schema)) {
    const found = (one.properties as Record<string, TSchema> | undefined)?.[name]
    if (found !== undefined) return found
  }
  return null
}

export function itemOf(schema: TSchema | null): TSchema | null {
  return (alternatives(schema).find((one) => one.type === 'array')?.items as TSchema | undefined) ?? null
}

export function requires(schema: TSchema | null, name: string): boolean {
  return alternatives(schema).some((one) => ((one.required as string[] | undefined) ?? []).includes(name))
}

/** Names of members that the type cannot do without. */
export function requiredOf(schema: TSchema): readonly string[] {
  return (schema.required as string[] | undefined) ?? []
}

/** What a cell is read as for this member, where the mapping does not say. */
export function readingOf(schema: TSchema | null): Reading {
  if (schema === null) return 'text'
  if (schema.format === 'day') return 'date'
  if (schema.format === 'county') return 'county'
  if (schema.format === 'credit-code') return 'code'
  if (schema.type === 'integer') return 'integer'
  if (schema.type === 'boolean') return 'flag'
  if (schema.type === 'number') return schema.maximum === 1 && schema.minimum === 0 ? 'ratio' : 'number'
  return 'text'
}

const PERSONAL: ReadonlySet<Treatment | undefined> = new Set(['person', 'representative', 'phone', 'email'])

/** Columns whose cells tell of people, because of where the mapping puts them. */
export function personalColumns(member: Member, schema: TSchema | null, isInside = false): string[] {
  const isPersonal = isInside || treatsAsPersonal(schema)
  if (isConstant(member)) return []
  if (isList(member)) return isPersonal || tellsOfPeople(member.each, itemOf(schema)) ? [member.column].flat() : []
  if (isLeaf(member)) return isPersonal && 'column' in member ? [member.column].flat() : []
  return partsOf(member).flatMap(([name, part]) => personalColumns(part, memberOf(schema, name), isPersonal))
}

function tellsOfPeople(member: Member, schema: TSchema | null): boolean {
  if (treatsAsPersonal(schema)) return true
  if (isConstant(member) || isLeaf(member) || isList(member)) return false
  return partsOf(member).some(([name, part]) => tellsOfPeople(part, memberOf(schema, name)))
}

function treatsAsPersonal(schema: TSchema | null): boolean {
  return alternatives(schema).some((one) => PERSONAL.has(one.yujing as Treatment | undefined))
}

function alternatives(schema: TSchema | null): readonly TSchema[] {
  if (schema === null) return []
  return schema[Kind] === 'Union' ? (schema.anyOf as TSchema[]) : [schema]
}
