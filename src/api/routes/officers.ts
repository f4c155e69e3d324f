import { Type } from '@sinclair/typebox'
import type { Officers } from '../../access/officers.ts'
import { grantOf } from '../authentication.ts'
import { answers } from '../schemas/common.ts'
import type { Server } from '../server.ts'

const Officer = Type.Object({
  id: Type.String(),
  name: Type.String(),
  areas: Type.Union([Type.Literal('all'), Type.Array(Type.String())]),
})

/** Whom an alert can be given to, and whose ids stand in histories. */
export function officerRoutes(server: Server, officers: Officers): void {
  server.get(
    '/v1/officers',
    {
      config: { access: 'alerts.read' },
      schema: {
        tags: ['alerts'],
        summary: 'Those who handle alerts in your areas',
        response: answers({ 200: Type.Object({ items: Type.Array(Officer) }) }),
      },
    },
    async (request) => ({ items: officers.known(grantOf(request).identity) }),
  )
}
