import { Type } from '@sinclair/typebox'
import { ALERT_STATUSES, OUTCOMES, VERIFICATION_MANNERS } from './alert.ts'
import { SUBJECT_KINDS } from './event.ts'
import { LEVELS, MEASURES } from './level.ts'
import { Bilingual, Nullable, Position, Words } from './schema.ts'

const Time = Type.String({ description: 'RFC 3339, +08:00' })
const NullableText = Nullable(Type.String())

const Subject = Type.Object({
  kind: Words(SUBJECT_KINDS),
  key: Type.String(),
  name: Type.String(),
  enterprises: Type.Array(Type.String(), { description: 'Credit codes' }),
  hidden: Type.Integer({ description: 'Enterprises outside your scope' }),
})

const Evidence = Type.Object({
  observed: Type.Number(),
  expected: Nullable(Type.Number()),
  threshold: Type.Number(),
  from: Time,
  to: Time,
  probability: Nullable(Type.Number()),
  events: Type.Array(Type.Object({ source: Type.String(), id: Type.String() }), { maxItems: 64 }),
  eventsTotal: Type.Integer(),
  eventsPending: Type.Integer(),
  position: Position,
  due: Type.Optional(
    Nullable(Type.String({ description: 'The instant whose coming made the finding; null: an event' })),
  ),
  series: Type.Array(Type.Tuple([Time, Type.Number()])),
  params: Type.Record(Type.String(), Type.Number()),
  reason: Type.String(),
})

const HistoryEntry = Type.Object({
  at: Time,
  by: Type.String({ description: 'Id of an identity, or system' }),
  action: Type.String(),
  note: Type.Optional(Type.String()),
  detail: Type.Optional(
    Type.Object({
      assignee: Type.Optional(NullableText),
      manner: Type.Optional(Words(VERIFICATION_MANNERS)),
      measure: Type.Optional(Words(MEASURES)),
      outcome: Type.Optional(Words(OUTCOMES)),
    }),
  ),
  from: Type.Optional(Words(ALERT_STATUSES)),
  to: Type.Optional(Words(ALERT_STATUSES)),
})

/** The shape of `Alert` for those outside: OpenAPI and AsyncAPI document it from here. */
export const AlertSchema = Type.Object(
  {
    id: Type.String(),
    revision: Type.Integer({ description: 'Feed offset of the last change' }),
    status: Words(ALERT_STATUSES),
    stage: Type.String(),
    historic: Type.Boolean(),
    test: Type.Boolean(),
    previous: NullableText,
    level: Words(LEVELS),
    detector: Type.String(),
    detectorVersion: Type.Integer(),
    code: Type.String(),
    title: Bilingual,
    summary: Bilingual,
    subject: Subject,
    region: Type.String(),
    regions: Type.Array(Type.String()),
    industry: Type.String(),
    department: NullableText,
    office: NullableText,
    riskClass: NullableText,
    evidence: Evidence,
    recommendation: Type.Object({
      measure: Nullable(Words(MEASURES)),
      tasks: Type.Array(Type.String()),
      because: Type.Array(Bilingual),
    }),
    deadlines: Type.Object({ acknowledge: NullableText, verify: NullableText, handle: NullableText }),
    findings: Type.Integer(),
    firstEventTime: Time,
    lastEventTime: Time,
    openedAt: Time,
    updatedAt: Time,
    assignee: NullableText,
    measures: Type.Array(Type.String()),
    outcome: Nullable(Words([...OUTCOMES, 'withdrawn'] as const)),
    history: Type.Array(HistoryEntry, { maxItems: 50 }),
  },
  { title: 'Alert' },
)
