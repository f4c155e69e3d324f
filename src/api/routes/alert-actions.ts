import { Type } from '@sinclair/typebox'
import { project } from '../../access/projection.ts'
import { AlertSchema } from '../../model/alert-schema.ts'
import { YujingError } from '../../model/errors.ts'
import { AlertActionBody } from '../alert-action.ts'
import { grantOf } from '../authentication.ts'
import { etagOf, requireMatch } from '../etag.ts'
import type { AlertDesk } from '../port-desk.ts'
import { answers } from '../schemas/common.ts'
import type { Server } from '../server.ts'

const ACTION_BODY_LIMIT = 64 * 1024

/**
 * Checked in this order: 401, 403, 404, 428, 412, 400, 409. So the body is only read as JSON once the revision is the
 * present one, and the schema here is for the documentation alone.
 */
export function alertActionRoutes(root: Server, desk: AlertDesk): void {
  root.register(async (server: Server) => {
    server.removeAllContentTypeParsers()
    server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
    server.post(
      '/v1/alerts/:id/actions',
      {
        bodyLimit: ACTION_BODY_LIMIT,
        config: { access: 'alerts.act' },
        validatorCompiler: () => () => true,
        schema: {
          tags: ['alerts'],
          summary: 'Act on an alert; needs If-Match with its ETag',
          params: Type.Object({ id: Type.String() }),
          headers: Type.Object({ 'if-match': Type.Optional(Type.String()) }),
          body: AlertActionBody,
          response: answers({ 200: AlertSchema }),
        },
      },
      async (request, reply) => {
        const { identity } = grantOf(request)
        const alert = await desk.find(request.params.id)
        if (alert === null || project(identity, alert) === null) throw new YujingError('not-found')
        requireMatch(request.headers['if-match'], alert)
        const changed = await desk.act(alert.id, readJson(request.body), alert.revision, identity)
        const seen = project(identity, changed)
        if (seen === null) throw new YujingError('not-found')
        return reply.header('etag', etagOf(seen)).send(seen)
      },
    )
  })
}

function readJson(body: unknown): unknown {
  try {
    return JSON.parse(Buffer.isBuffer(body) ? body.toString('utf8') : '')
  } catch {
    throw new YujingError('body.malformed', 'The body must be a JSON object such as {"action":"acknowledge"}.')
  }
}
