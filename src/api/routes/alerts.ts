import { Type } from '@sinclair/typebox'
import { project } from '../../access/projection.ts'
import { AlertSchema } from '../../model/alert-schema.ts'
import { YujingError } from '../../model/errors.ts'
import { Nullable } from '../../model/schema.ts'
import { grantOf } from '../authentication.ts'
import { etagOf } from '../etag.ts'
import type { AlertBook, AlertDesk } from '../port-desk.ts'
import { AlertQuery, filterOf } from '../schemas/alert-query.ts'
import { answers } from '../schemas/common.ts'
import type { Server } from '../server.ts'

const AlertPage = Type.Object({
  items: Type.Array(AlertSchema, { description: 'Newest change first' }),
  next: Nullable(Type.String({ description: 'Goes back as `cursor` for the next page' })),
  cursor: Type.Object(
    { epoch: Type.String(), offset: Type.Integer() },
    { description: 'Subscribe to the live feed after this and miss nothing' },
  ),
  archive: Type.Optional(
    Type.Literal('unavailable', {
      description: 'Alerts finished long ago are missing: the store is away. `next` goes on with them once it is back',
    }),
  ),
})

/** Reading alerts: each is cut to the reader's scope first, and only what is left is filtered. */
export function alertRoutes(server: Server, book: AlertBook, desk: AlertDesk, epoch: string): void {
  server.get(
    '/v1/alerts',
    {
      config: { access: 'alerts.read' },
      schema: {
        tags: ['alerts'],
        summary: 'List alerts, newest change first',
        querystring: AlertQuery,
        response: answers({ 200: AlertPage }),
      },
    },
    async (request) => {
      const { identity } = grantOf(request)
      const filter = filterOf(request.query)
      // Before the list is read: a change in between then comes again on the feed instead of never.
      const cursor = { epoch, offset: book.head() }
      const page = await desk.list({
        filter,
        areas: identity.areas,
        visible: (alert) => project(identity, alert) !== null,
        project: (alert) => project(identity, alert),
        limit: request.query.limit,
        cursor: request.query.cursor ?? null,
      })
      return { ...page, cursor }
    },
  )

  server.get(
    '/v1/alerts/:id',
    {
      config: { access: 'alerts.read' },
      schema: {
        tags: ['alerts'],
        summary: 'One alert; its ETag is the revision to act on',
        params: Type.Object({ id: Type.String({ maxLength: 200 }) }),
        response: answers({ 200: AlertSchema }),
      },
    },
    async (request, reply) => {
      const alert = await desk.find(request.params.id)
      const seen = alert === null ? null : project(grantOf(request).identity, alert)
      if (seen === null) throw new YujingError('not-found')
      reply.header('etag', etagOf(seen))
      if (request.headers['if-none-match'] === etagOf(seen)) return reply.code(304).send()
      return seen
    },
  )
}
