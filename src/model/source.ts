import { type Static, Type } from '@sinclair/typebox'
import { Nullable, Words } from './schema.ts'

/** How a source reaches the service. */
const TRANSPORTS = ['http', 'inbox', 'import'] as const
/** What is thought of a source that has been quiet; `unknown`: nothing is expected of it yet. */
export const SILENCE_VERDICTS = ['ok', 'late', 'silent', 'unknown'] as const
export type SilenceVerdict = (typeof SILENCE_VERDICTS)[number]
/** What the content of a whole day is checked for. */
const CONTENT_CHECKS = ['volume', 'county-missing', 'subject-missing', 'industry-missing', 'duplicates'] as const

const strict = { additionalProperties: false }
const Count = (description: string) => Type.Integer({ minimum: 0, description })
const Time = (description: string) => Nullable(Type.String({ description: `RFC 3339: ${description}` }))

/** A source sends as things happen, or delivers on certain days of the month. */
export const Cadence = Type.Union([
  Type.Object({ kind: Type.Literal('live') }, strict),
  Type.Object(
    {
      kind: Type.Literal('batch'),
      dueDays: Type.Array(Type.Integer({ minimum: 1, maximum: 31 }), {
        minItems: 1,
        maxItems: 31,
        uniqueItems: true,
        description: 'Days of the month; beyond its end: its last day. A due day off is due on the next working day.',
      }),
      graceDays: Type.Integer({ minimum: 0, maximum: 60, description: 'Days it may be late before it is silent' }),
    },
    strict,
  ),
])
export type Cadence = Static<typeof Cadence>

/** What an administrator says of a source. */
export const SourceRegistration = Type.Object(
  {
    name: Type.String({
      pattern: '^\\S{1,80}$',
      description: 'Prefix of `source`: /sx/12315 is also /sx/12315/taiyuan. The longest registered one counts.',
    }),
    owner: Type.String({ minLength: 1, maxLength: 200, description: 'The unit that runs it' }),
    contact: Type.String({ minLength: 1, maxLength: 200, description: 'Whom to call at that unit when it is silent' }),
    transport: Words(TRANSPORTS),
    cadence: Cadence,
    expected: Nullable(
      Type.Object(
        { workingDay: Count('Events on a working day'), otherDay: Count('Events on a day off') },
        { ...strict, description: 'Holds until enough days were counted; null: only what is counted' },
      ),
    ),
    detectors: Type.Array(Type.String({ maxLength: 100 }), {
      maxItems: 100,
      description: 'Ids of the detectors that say nothing sound while it is silent',
    }),
    strong: Type.Boolean({ description: 'Person keys it gives are as good as ID numbers' }),
    areas: Type.Union([Type.Literal('all'), Type.Array(Type.String(), { minItems: 1, maxItems: 200 })], {
      description: 'GB/T 2260 codes it sends for; one that ends in 00 is its subtree',
    }),
  },
  strict,
)
export type SourceRegistration = Static<typeof SourceRegistration>

/** Up to when a source has told everything. */
export const CompletenessMark = Type.Object({
  through: Type.String({ description: 'RFC 3339: everything up to this event time has been sent' }),
  markedAt: Type.String(),
  markedBy: Type.String(),
})
export type CompletenessMark = Static<typeof CompletenessMark>

/** A registered source as stored, and by whom it was changed. */
export const SourceRecord = Type.Object({
  ...SourceRegistration.properties,
  createdAt: Type.String(),
  createdBy: Type.String(),
  updatedAt: Type.String(),
  updatedBy: Type.String(),
  complete: Nullable(CompletenessMark),
})
export type SourceRecord = Static<typeof SourceRecord>

/** What is wrong with the content of a day. */
export const ContentFault = Type.Object({
  check: Words(CONTENT_CHECKS),
  observed: Type.Number(),
  expected: Type.Number(),
  counties: Type.Array(Type.String(), { description: 'Of county-missing: the counties that sent nothing' }),
})
export type ContentFault = Static<typeof ContentFault>

/** A source as it is shown: what was said of it, what came, and what is thought of that. */
export const SourceView = Type.Object({
  name: Type.String(),
  registered: Type.Boolean({ description: 'false: it sends, and nobody has said who it is' }),
  registration: Nullable(SourceRecord),
  received: Type.Object({
    lastAt: Time('when the last event came'),
    lastEventTime: Time('newest `time` of an event'),
    lastTestAt: Time('when the last test event came'),
    today: Count('Events stored today (+08:00), without tests and history'),
    week: Count('The same of today and the six days before'),
    backfillToday: Count('History stored today'),
    duplicatesToday: Count('Came again today'),
    duplicatesWeek: Count('The same of seven days'),
    refusedToday: Nullable(Count('Quarantined today; null while history cannot be asked')),
    refusedWeek: Nullable(Count('The same of seven days')),
    days: Type.Array(Type.Object({ day: Type.String(), count: Type.Integer() }), {
      description: 'Newest first, 8 at most',
    }),
  }),
  expected: Type.Object({
    basis: Words(['counted', 'declared', 'none'] as const),
    today: Nullable(Type.Number({ description: 'Events in the whole of today' })),
    byNow: Nullable(Type.Number({ description: 'Of them until now' })),
  }),
  silence: Type.Object({
    verdict: Words(SILENCE_VERDICTS),
    since: Time('since when it has been late or silent'),
    seconds: Nullable(Type.Integer({ description: 'Since the last event' })),
    missed: Type.Number({ description: 'Minutes with events that would have been usual since the last event' }),
    due: Time('a batch source: end of the day on which it was or is due'),
  }),
  complete: Nullable(CompletenessMark),
  content: Type.Object({
    day: Nullable(Type.String({ description: 'The last whole day that was checked' })),
    faults: Type.Array(ContentFault),
  }),
})
export type SourceView = Static<typeof SourceView>

/** Whether a source is one of those that a prefix stands for: the prefix itself, or with a separator behind it. */
export function isUnderPrefix(source: string, prefix: string): boolean {
  if (!source.startsWith(prefix)) return false
  return (
    source.length === prefix.length ||
    /[^\p{L}\p{N}]$/u.test(prefix) ||
    /^[^\p{L}\p{N}]/u.test(source.slice(prefix.length))
  )
}
