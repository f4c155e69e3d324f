import { Type } from '@sinclair/typebox'
import { project } from '../../access/projection.ts'
import { YujingError } from '../../model/errors.ts'
import { Nullable, Words } from '../../model/schema.ts'
import { grantOf } from '../authentication.ts'
import type { AlertDesk } from '../port-desk.ts'
import type { Verify } from '../port-verification.ts'
import { answers } from '../schemas/common.ts'
import type { Server } from '../server.ts'

const Verification = Type.Object({
  result: Words(['reproduced', 'differs', 'version-retired']),
  observed: Nullable(Type.Number({ description: 'Counted again; null where it cannot be, or is outside the scope' })),
  threshold: Nullable(Type.Number()),
  events: Type.Array(Type.Object({ source: Type.String(), id: Type.String() }), {
    description: 'Newest first, at most 64',
  }),
  eventsTotal: Type.Integer(),
  differences: Type.Array(Type.String(), { description: 'Which numbers differ' }),
})

/** Proof of an alert: its numbers counted again from stored history. */
export function verificationRoutes(server: Server, desk: AlertDesk, verify: Verify): void {
  server.post(
    '/v1/alerts/:id/verify',
    {
      config: { access: 'alerts.read' },
      schema: {
        tags: ['alerts'],
        summary: 'Count an alert again from stored history',
        params: Type.Object({ id: Type.String({ maxLength: 200 }) }),
        response: answers({ 200: Verification }),
      },
    },
    async (request) => {
      const alert = await desk.find(request.params.id)
      const seen = alert === null ? null : project(grantOf(request).identity, alert)
      if (alert === null || seen === null) throw new YujingError('not-found')
      const verification = await verify(alert)
      if (seen === alert) return verification
      // The reader does not see the numbers of the whole alert, and so neither here.
      return { ...verification, observed: null, events: [], eventsTotal: 0, differences: [] }
    },
  )
}
