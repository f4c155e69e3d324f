import { type TObject, Type } from '@sinclair/typebox'
import { CATALOGUE, EVENT_TYPES, type EventType } from '../../model/catalogue/catalogue.ts'
import { Words } from '../../model/schema.ts'

const SUBJECT = '91140105MA0K2914XG'
/** Types shown as examples of a body; every type has one in the catalogue. */
const SHOWN = ['complaint.filed', 'enterprise.registered', 'penalty.imposed'] as const satisfies readonly EventType[]

/** A CloudEvent as a source sends it; what `data` holds is told by the catalogue, one shape a type. */
function cloudEvent(): TObject {
  return Type.Object(
    {
      specversion: Type.Literal('1.0'),
      id: Type.String({ minLength: 1, maxLength: 256, description: 'Unique for ever within the source' }),
      source: Type.String({ minLength: 1, maxLength: 256, description: 'The system it comes from, e.g. /sx/12315' }),
      type: Words(EVENT_TYPES),
      subject: Type.Optional(Type.String({ description: 'Unified social credit code (GB 32100)' })),
      time: Type.String({ description: 'RFC 3339; without a zone +08:00' }),
      region: Type.String({ pattern: '^\\d{6}$', description: 'GB/T 2260 county code of the present jurisdiction' }),
      industry: Type.Optional(Type.String({ description: 'GB/T 4754-2017, 2 to 4 digits, section letter optional' })),
      datacontenttype: Type.Optional(Type.Literal('application/json')),
      backfill: Type.Optional(Type.Boolean({ description: 'History: changes state, is never judged' })),
      retracts: Type.Optional(Type.String({ description: 'Id of an event of the same source to withdraw or replace' })),
      test: Type.Optional(Type.Boolean({ description: 'Travels the whole path, marked as a test' })),
      data: Type.Object({}, { additionalProperties: true, description: 'As the type says' }),
    },
    { additionalProperties: true },
  )
}

function example(type: EventType): object {
  return {
    specversion: '1.0',
    id: `example-${type}`,
    source: '/example',
    type,
    subject: SUBJECT,
    time: '2026-11-23T08:00:00+08:00',
    region: '140105',
    industry: '6210',
    data: CATALOGUE[type].example,
  }
}

const examples = () => Object.fromEntries(SHOWN.map((type) => [type, { value: example(type) }]))
const batch = () => ({ batch: { value: SHOWN.map(example) } })
const lines = () => ({ lines: { value: `${SHOWN.map((type) => JSON.stringify(example(type))).join('\n')}\n` } })
const data = () => Object.fromEntries(SHOWN.map((type) => [type, { value: CATALOGUE[type].example }]))

/** Bodies of `POST /v1/events`, for the documentation: the door reads and judges them. */
export const EventBodies = {
  content: {
    'application/cloudevents+json': { schema: { ...cloudEvent(), 'x-examples': examples() } },
    'application/cloudevents-batch+json': { schema: { ...Type.Array(cloudEvent()), 'x-examples': batch() } },
    'application/x-ndjson': {
      schema: { ...Type.String({ description: 'One CloudEvent a line' }), 'x-examples': lines() },
    },
    'application/json': {
      schema: {
        ...Type.Object(
          {},
          { additionalProperties: true, description: 'Binary mode: the data alone, with ce-* headers' },
        ),
        'x-examples': data(),
      },
    },
  },
}

const header = (description: string) => Type.Optional(Type.String({ description }))

/** Headers of `POST /v1/events`; those with `ce-` make it binary mode. */
export const EventHeaders = Type.Object({
  'content-encoding': header('gzip, or none'),
  'ce-specversion': header('Binary mode: 1.0; the attributes stand in ce-* headers, percent-encoded UTF-8'),
  'ce-id': header('Binary mode'),
  'ce-source': header('Binary mode'),
  'ce-type': header('Binary mode'),
  'ce-subject': header('Binary mode'),
  'ce-time': header('Binary mode'),
  'ce-region': header('Binary mode'),
  'ce-industry': header('Binary mode'),
})
