import { Type } from '@sinclair/typebox'
import { TICKET_MS, type Tickets } from '../../access/tickets.ts'
import { grantOf } from '../authentication.ts'
import { answers } from '../schemas/common.ts'
import type { Server } from '../server.ts'

/** A ticket opens one socket of the live feed, as subprotocols `yujing.v1, ticket.X`. */
export function liveTicketRoutes(server: Server, tickets: Tickets): void {
  server.post(
    '/v1/live/ticket',
    {
      config: { access: 'live.read' },
      schema: {
        tags: ['live'],
        summary: 'A single-use ticket for the live feed',
        response: answers({ 200: Type.Object({ ticket: Type.String(), expiresInSeconds: Type.Integer() }) }),
      },
    },
    async (request) => ({
      ticket: tickets.issue(grantOf(request)),
      expiresInSeconds: TICKET_MS / 1000,
    }),
  )
}
