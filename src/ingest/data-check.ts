import { Kind, type TSchema } from '@sinclair/typebox'
import { TypeCompiler } from '@sinclair/typebox/compiler'
import { type ValueError, type ValueErrorIterator, ValueErrorType } from '@sinclair/typebox/errors'
import { CATALOGUE, EVENT_TYPES, type EventType } from '../model/catalogue/catalogue.ts'
import { type Treat, treatmentOf } from './canonical-data.ts'

export interface DataCheck {
  /** The fault as a sentence that names the member and what is allowed, never the value; null when the data fits. */
  fault(data: unknown): string | null
  readonly treat: Treat
}

/** Compiles the catalogue: one fast check and one treatment per type. */
export function compileCatalogue(): ReadonlyMap<EventType, DataCheck> {
  return new Map(EVENT_TYPES.map((type) => [type, compile(CATALOGUE[type].data)]))
}

function compile(schema: TSchema): DataCheck {
  const check = TypeCompiler.Compile(schema)
  return {
    fault: (data) => {
      if (check.Check(data)) return null
      const error = check.Errors(data).First()
      return error === undefined ? 'data does not fit the schema of its type.' : describe(deepest(error))
    },
    treat: treatmentOf(schema),
  }
}

/** Of an alternative that fits nowhere, the fault of the variant that came furthest. */
function deepest(error: ValueError): ValueError {
  if (error.type !== ValueErrorType.Union || literalsOf(error.schema) !== null) return error
  let best: ValueError | undefined
  for (const variant of error.errors as ValueErrorIterator[]) {
    const faults = [...variant]
    // A change is told apart by its field: the variants of other fields have nothing to say.
    if (faults.some((fault) => fault.path.endsWith('/field'))) continue
    const [first] = faults
    if (first !== undefined && (best === undefined || first.path.length > best.path.length)) best = first
  }
  return best === undefined || best === error ? error : deepest(best)
}

function literalsOf(schema: TSchema): string[] | null {
  const alternatives = (schema.anyOf ?? []) as TSchema[]
  if (alternatives.length === 0 || !alternatives.every((option) => option[Kind] === 'Literal')) return null
  return alternatives.map((option) => String(option.const))
}

function describe(error: ValueError): string {
  const member = `data${error.path.replaceAll('/', '.')}`
  const words = literalsOf(error.schema)
  if (words !== null) return `${member} must be one of: ${words.join(', ')}.`
  switch (error.type) {
    case ValueErrorType.ObjectRequiredProperty:
      return `${member} is required.`
    case ValueErrorType.StringFormat:
      return `${member} must be a valid ${String(error.schema.format)}.`
    case ValueErrorType.Union:
      return `${member} fits none of the forms that the type allows.`
    default:
      return `${member}: ${error.message}.`
  }
}
