import { Type } from '@sinclair/typebox'
import { ERRORS, type ErrorCode, YujingError } from '../../model/errors.ts'
import { Words } from '../../model/schema.ts'

/** The one shape of every answer that is not the wanted one. */
export const ErrorBody = Type.Object(
  {
    error: Type.Object({
      code: Words(Object.keys(ERRORS) as ErrorCode[]),
      message: Type.String(),
      details: Type.Optional(Type.Unknown()),
    }),
  },
  { description: 'What went wrong, in words of the one table of codes' },
)

/** Documents refusals beside a route's wanted answers. */
export function answers<T extends Record<number, unknown>>(wanted: T): T & { '4xx': typeof ErrorBody } {
  return { ...wanted, '4xx': ErrorBody }
}

/** Epoch milliseconds of a moment in RFC 3339 with a zone; `request.invalid`, naming the member, for anything else. */
export function instantOf(text: string, member: string): number {
  const instant = Date.parse(text)
  if (/T.*(Z|[+-]\d\d:\d\d)$/i.test(text) && !Number.isNaN(instant)) return instant
  throw new YujingError('request.invalid', `${member} must be RFC 3339 with a zone, e.g. 2026-11-23T00:00:00+08:00.`)
}

/** Reads a comma-separated parameter; undefined when absent, empty values left out. */
export function commaList(value: string | undefined): string[] | undefined {
  const values = value?.split(',').filter((part) => part !== '')
  return values === undefined || values.length === 0 ? undefined : values
}

/** The same of one that takes words of a closed list; `request.invalid` names them when it finds another. */
export function wordList<T extends string>(name: string, allowed: readonly T[], value: string | undefined) {
  return commaList(value)?.map((word) => {
    const known = allowed.find((candidate) => candidate === word)
    if (known === undefined) throw new YujingError('request.invalid', `${name} must be of ${allowed.join(', ')}.`)
    return known
  })
}
