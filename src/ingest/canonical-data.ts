import { Kind, type TSchema } from '@sinclair/typebox'
import { TypeCompiler } from '@sinclair/typebox/compiler'
import type { Treatment } from '../model/catalogue/members.ts'
import { redact } from '../model/redact.ts'
import type { PersonContext, Pseudonyms } from './pseudonyms.ts'

/** What a treatment needs to know, and where it counts the members it drops. */
export interface TreatmentContext {
  readonly pseudonyms: Pseudonyms
  readonly person: PersonContext
  dropped: number
}

/** Brings a valid value into canonical form; undefined drops the member. */
export type Treat = (value: unknown, context: TreatmentContext) => unknown

/**
 * Builds the treatment of a schema once: every person, contact and text in it is found by its mark, so that no type can
 * forget one. Members that the schema does not name are dropped and counted; the result is built of named members alone,
 * so that `__proto__` and its like never get in.
 */
export function treatmentOf(schema: TSchema): Treat {
  const marked = treatments[schema.yujing as Treatment]
  if (marked !== undefined) return marked
  switch (schema[Kind]) {
    case 'Object':
      return objectTreatment(schema.properties as Record<string, TSchema>)
    case 'Array': {
      const item = treatmentOf(schema.items as TSchema)
      return (value, context) => (value as unknown[]).map((element) => item(element, context))
    }
    case 'Union':
      return unionTreatment(schema.anyOf as TSchema[])
    case 'String':
      return (value) => wellFormed(value as string)
    default:
      return (value) => value
  }
}

const treatments: Readonly<Record<Treatment, Treat>> = {
  person: (value, { pseudonyms, person }) => pseudonyms.person(wellFormedMembers(value), person, false),
  representative: (value, { pseudonyms, person }) => pseudonyms.person(wellFormedMembers(value), person, true),
  phone: (value, context) => context.pseudonyms.phone(value as string) ?? drop(context),
  email: (value, context) => context.pseudonyms.email(value as string) ?? drop(context),
  text: (value) => redact(wellFormed(value as string)),
  'agent-key': (value, { pseudonyms }) => pseudonyms.agentKey(wellFormed(value as string)),
}

function drop(context: TreatmentContext): undefined {
  context.dropped += 1
}

function objectTreatment(properties: Record<string, TSchema>): Treat {
  // In the order of their names: canonical JSON then needs no sorting.
  const members = Object.entries(properties)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, schema]) => [name, treatmentOf(schema)] as const)
  return (value, context) => {
    const sent = value as Record<string, unknown>
    const kept: Record<string, unknown> = {}
    let named = 0
    for (const [name, treat] of members) {
      if (!Object.hasOwn(sent, name)) continue
      named += 1
      const treated = treat(sent[name], context)
      if (treated !== undefined) kept[name] = treated
    }
    context.dropped += Object.keys(sent).length - named
    return kept
  }
}

/** The first alternative that the value fits; words alone need no look. */
function unionTreatment(alternatives: TSchema[]): Treat {
  if (alternatives.every((schema) => schema[Kind] === 'Literal')) return (value) => value
  const options = alternatives.map((schema) => ({ check: TypeCompiler.Compile(schema), treat: treatmentOf(schema) }))
  return (value, context) => options.find(({ check }) => check.Check(value))?.treat(value, context)
}

/** The text with halves of characters replaced, which neither UTF-8 nor the store can hold. */
export function wellFormed(text: string): string {
  return text.toWellFormed()
}

function wellFormedMembers(value: unknown): Record<string, string> {
  const members: Record<string, string> = {}
  for (const name of ['name', 'idNumber', 'phone', 'key']) {
    const member = Object.hasOwn(value as object, name) ? (value as Record<string, unknown>)[name] : undefined
    if (typeof member === 'string') members[name] = wellFormed(member)
  }
  return members
}
