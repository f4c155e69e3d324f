import { Type } from '@sinclair/typebox'
import { creditCodeFault } from '../../model/credit-code.ts'
import { YujingError } from '../../model/errors.ts'
import { Nullable } from '../../model/schema.ts'
import { grantOf } from '../authentication.ts'
import type { Attribute } from '../port-attribution.ts'
import type { HistoryStore } from '../port-store.ts'
import { answers } from '../schemas/common.ts'
import type { Server } from '../server.ts'

const Body = Type.Object({
  source: Type.String({ minLength: 1, maxLength: 256, description: 'Source of the event: an id alone is not unique' }),
  subject: Type.String({ description: 'Unified social credit code of the enterprise it speaks of' }),
})

/** Which enterprise a complaint without a credit code speaks of: what waits to be told, and telling it. */
export function attributionRoutes(server: Server, attribute: Attribute, store: HistoryStore): void {
  server.get(
    '/v1/events/unattributed',
    {
      config: { access: 'events.attribute' },
      schema: {
        tags: ['events'],
        summary:
          'Complaints, reports and opinions of the last year that name no enterprise and still stand, newest first',
        querystring: Type.Object({
          limit: Type.Integer({ minimum: 1, maximum: 500, default: 50 }),
          cursor: Type.Optional(Type.String({ maxLength: 500 })),
        }),
        response: answers({
          200: Type.Object({
            items: Type.Array(
              Type.Object(
                {},
                { additionalProperties: true, description: 'CloudEvent as stored: people are pseudonyms' },
              ),
            ),
            next: Nullable(Type.String()),
          }),
        }),
      },
    },
    (request) => {
      const { limit, cursor = null } = request.query
      return store.unattributed({ areas: grantOf(request).identity.areas, limit, cursor })
    },
  )

  server.post(
    '/v1/events/:id/attribute',
    {
      config: { access: 'events.attribute' },
      schema: {
        tags: ['events'],
        summary: 'Say of which enterprise a complaint, report or opinion without a subject speaks',
        description:
          'It is judged for the enterprise from then on and stands in its timeline, with the id followed by @ and the code. The same again changes nothing; another enterprise is 409: the source replaces the event (`retracts`) instead.',
        params: Type.Object({ id: Type.String({ minLength: 1, maxLength: 256 }) }),
        body: Body,
        response: answers({
          200: Type.Object({
            source: Type.String(),
            id: Type.String(),
            subject: Type.String(),
            repeated: Type.Boolean({ description: 'It was attributed so before' }),
          }),
        }),
      },
    },
    async (request) => {
      const { id } = request.params
      const { source, subject } = request.body
      const fault = creditCodeFault(subject)
      if (fault !== null) throw new YujingError(fault === 'malformed' ? 'subject.malformed' : 'subject.check-character')
      const { identity } = grantOf(request)
      const { repeated } = await attribute({ source, id, subject, by: identity.id, areas: identity.areas })
      return { source, id, subject, repeated }
    },
  )
}
