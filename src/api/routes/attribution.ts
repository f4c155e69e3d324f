import { Type } from '@sinclair/typebox'
import { creditCodeFault } from '../../model/credit-code.ts'
import { YujingError } from '../../model/errors.ts'
import { grantOf } from '../authentication.ts'
import type { Attribute } from '../port-attribution.ts'
import { answers } from '../schemas/common.ts'
import type { Server } from '../server.ts'

const Body = Type.Object({
  source: Type.String({ minLength: 1, maxLength: 256, description: 'Source of the event: an id alone is not unique' }),
  subject: Type.String({ description: 'Unified social credit code of the enterprise it speaks of' }),
})

/** `POST /v1/events/:id/attribute`: which enterprise a complaint without a credit code speaks of. */
export function attributionRoutes(server: Server, attribute: Attribute): void {
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
