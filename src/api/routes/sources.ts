import { Type } from '@sinclair/typebox'
import type { Identity } from '../../access/identity.ts'
import { YujingError } from '../../model/errors.ts'
import { isUnderPrefix, SourceRegistration, SourceView } from '../../model/source.ts'
import { grantOf } from '../authentication.ts'
import type { Sources } from '../port-sources.ts'
import { answers, instantOf } from '../schemas/common.ts'
import type { Server } from '../server.ts'

const Name = Type.Object({ name: Type.String({ maxLength: 80, description: 'With its slashes as %2F' }) })
const Through = Type.Object(
  { through: Type.String({ description: 'RFC 3339: everything that happened before has been sent' }) },
  { additionalProperties: false },
)

/** Who sends, how fresh and how whole it is. A sender sees, and marks, its own sources alone. */
export function sourceRoutes(server: Server, sources: Sources): void {
  server.get(
    '/v1/sources',
    {
      config: { access: 'sources.read' },
      schema: {
        tags: ['sources'],
        summary: 'Registered sources and others that send: freshness, completeness, silence',
        response: answers({ 200: Type.Object({ items: Type.Array(SourceView) }) }),
      },
    },
    async (request) => {
      const { identity } = grantOf(request)
      const all = await sources.list()
      return { items: identity.role === 'ingest' ? all.filter(({ name }) => maySend(identity, name)) : all }
    },
  )

  server.put(
    '/v1/sources',
    {
      config: { access: 'sources.manage' },
      schema: {
        tags: ['sources'],
        summary: 'Register a source, or change all that was said of it',
        body: SourceRegistration,
        response: answers({ 200: SourceView }),
      },
    },
    async (request) => sources.put(request.body, grantOf(request).identity.id),
  )

  server.post(
    '/v1/sources/:name/complete',
    {
      config: { access: 'sources.complete' },
      schema: {
        tags: ['sources'],
        summary: 'Everything up to a moment has been sent; what rests on absence may be judged up to there',
        params: Name,
        body: Through,
        response: answers({ 200: SourceView }),
      },
    },
    async (request) => {
      const { identity } = grantOf(request)
      const { name } = request.params
      if (!maySend(identity, name)) throw new YujingError('forbidden', 'This key may not speak for this source.')
      return await sources.complete(name, instantOf(request.body.through, 'through'), identity.id)
    },
  )
}

function maySend({ sources }: Identity, name: string): boolean {
  return sources === 'all' || sources.some((prefix) => isUnderPrefix(name, prefix))
}
