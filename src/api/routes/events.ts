import { Type } from '@sinclair/typebox'
import type { Identity } from '../../access/identity.ts'
import { grantOf } from '../authentication.ts'
import type { EventDoor, SenderRights } from '../port-door.ts'
import { answers } from '../schemas/common.ts'
import type { Server } from '../server.ts'

/** Most bytes of a request's body as received. */
export const EVENTS_BODY_LIMIT = 10 * 1024 * 1024

const Answer = Type.Object({
  accepted: Type.Integer({ description: 'Acknowledged by the log' }),
  duplicates: Type.Integer({ description: 'Came before; reused ids included' }),
  rejected: Type.Array(
    Type.Object({
      index: Type.Integer({ description: 'Place in the request, from 0; blank lines do not count' }),
      id: Type.Union([Type.String(), Type.Null()]),
      code: Type.String(),
      message: Type.String(),
    }),
  ),
  reused: Type.Array(Type.Object({ index: Type.Integer(), id: Type.String() }), {
    description: 'Same source and id came before with other content; the first stays',
  }),
})

/** `POST /v1/events`: 202 once every accepted event is in the log. The door reads the body; here it stays bytes. */
export function eventRoutes(root: Server, door: EventDoor, requestsPerMinute: number): void {
  root.register(async (server: Server) => {
    server.removeAllContentTypeParsers()
    server.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: EVENTS_BODY_LIMIT }, (_request, body, done) =>
      done(null, body),
    )
    server.post(
      '/v1/events',
      {
        bodyLimit: EVENTS_BODY_LIMIT,
        config: { access: 'events.write', rateLimit: { max: requestsPerMinute } },
        schema: {
          tags: ['events'],
          summary: 'Send CloudEvents 1.0',
          description:
            'application/cloudevents+json, application/cloudevents-batch+json, application/x-ndjson, or ce-* headers; gzip allowed.',
          response: answers({ 202: Answer }),
        },
      },
      async (request, reply) => {
        const answer = await door.accept({
          contentType: request.headers['content-type'],
          contentEncoding: request.headers['content-encoding'],
          headers: singleHeaders(request.headers),
          body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
          rights: senderRights(grantOf(request).identity),
        })
        return reply.code(202).send(answer)
      },
    )
  })
}

function senderRights({ sources, types, areas, rights }: Identity): SenderRights {
  return { sources, types, areas, backfill: rights.backfill, retracts: rights.retracts }
}

function singleHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const single: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) if (typeof value === 'string') single[name] = value
  return single
}
