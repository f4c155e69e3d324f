import { type Static, Type } from '@sinclair/typebox'
import { ALERT_STATUSES } from '../../model/alert.ts'
import type { AlertFilter } from '../../model/alert-filter.ts'
import { YujingError } from '../../model/errors.ts'
import { LEVELS } from '../../model/level.ts'
import { commaList, wordList } from './common.ts'

const List = (description: string) =>
  Type.Optional(Type.String({ maxLength: 2000, description: `${description}; comma-separated` }))

/** Parameters of the list of alerts. */
export const AlertQuery = Type.Object({
  status: List(ALERT_STATUSES.join(', ')),
  level: List(LEVELS.join(', ')),
  detector: List('Id or code'),
  region: List('GB/T 2260; one that ends in 00 means its subtree'),
  industry: List('GB/T 4754; a shorter code means all below it'),
  department: List('Department'),
  subject: List("Key of the subject; an enterprise's is its credit code"),
  assignee: List('Id of an identity'),
  since: Type.Optional(Type.String({ description: 'Changed at or after this time (RFC 3339)' })),
  q: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 200,
      description: 'Terms, all in title, sentence, name, credit code, code or id',
    }),
  ),
  historic: Type.Optional(Type.Boolean()),
  test: Type.Optional(Type.Boolean()),
  limit: Type.Integer({ minimum: 1, maximum: 500, default: 50 }),
  cursor: Type.Optional(Type.String({ maxLength: 500, description: '`next` of the page before' })),
})

/** The filter of a query; `request.invalid` names a value that cannot be. */
export function filterOf(query: Static<typeof AlertQuery>): AlertFilter {
  return dropUndefined({
    statuses: wordList('status', ALERT_STATUSES, query.status),
    levels: wordList('level', LEVELS, query.level),
    detectors: commaList(query.detector),
    regions: commaList(query.region),
    industries: commaList(query.industry),
    departments: commaList(query.department),
    subjects: commaList(query.subject),
    assignees: commaList(query.assignee),
    since: instant(query.since),
    q: query.q,
    historic: query.historic,
    test: query.test,
  })
}

/** Zone-less times are +08:00, as everywhere. */
function instant(value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  const shape = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/.exec(value)
  const zoned = shape?.[1] === undefined ? `${value}T00:00+08:00` : shape[4] === undefined ? `${value}+08:00` : value
  const parsed = shape === null ? Number.NaN : Date.parse(zoned)
  if (Number.isNaN(parsed)) throw new YujingError('request.invalid', 'since must be RFC 3339, with + sent as %2B.')
  return parsed
}

function dropUndefined(filter: { [K in keyof AlertFilter]: AlertFilter[K] | undefined }): AlertFilter {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined))
}
