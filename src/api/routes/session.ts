import { Type } from '@sinclair/typebox'
import type { Access } from '../../access/access.ts'
import { ROLES } from '../../access/identity.ts'
import { readSessionCookie, writeSessionCookie } from '../../access/session-cookie.ts'
import type { Session } from '../../access/sessions.ts'
import { YujingError } from '../../model/errors.ts'
import { Words } from '../../model/schema.ts'
import { grantOf } from '../authentication.ts'
import { answers } from '../schemas/common.ts'
import type { Server } from '../server.ts'

const KEY_BODY_BYTES = 4 * 1024

const SessionAnswer = Type.Object({
  identity: Type.Object({
    id: Type.String(),
    name: Type.String(),
    role: Words(ROLES),
    areas: Type.Union([Type.Literal('all'), Type.Array(Type.String())]),
  }),
  csrf: Type.String({ description: 'Send as x-csrf-token with every write' }),
})

/** The console's sign-in; `secure` when browsers come by https. */
export function sessionRoutes(server: Server, access: Access, secure: boolean): void {
  server.post(
    '/v1/session',
    {
      // Nobody is known yet: a stranger gets room for a key and no more.
      bodyLimit: KEY_BODY_BYTES,
      config: { access: 'public' },
      schema: {
        tags: ['session'],
        summary: 'Sign in with a key',
        security: [],
        body: Type.Object({ key: Type.String({ minLength: 1, maxLength: 200 }) }),
        response: answers({ 200: SessionAnswer }),
      },
    },
    async (request, reply) => {
      const grant = access.byKey(request.body.key, request.ip)
      if (grant === null)
        throw new YujingError('unauthenticated', 'This key opens nothing; check it for typing errors.')
      const { token, session } = await access.sessions.open(grant.keyDigest, grant.identity)
      reply.header('set-cookie', writeSessionCookie(token, secure))
      return answer(session)
    },
  )

  server.get(
    '/v1/session',
    {
      config: { access: 'session.own' },
      schema: { tags: ['session'], summary: 'Who is signed in', response: answers({ 200: SessionAnswer }) },
    },
    async (request) => {
      const { identity, session } = grantOf(request)
      if (session === null)
        throw new YujingError('unauthenticated', 'There is no session; the request came with a key.')
      return answer({ identity, csrf: session.csrf })
    },
  )

  server.delete(
    '/v1/session',
    {
      config: { access: 'session.own' },
      schema: { tags: ['session'], summary: 'Sign out', response: answers({ 204: Type.Null() }) },
    },
    async (request, reply) => {
      const token = readSessionCookie(request.headers.cookie)
      if (grantOf(request).session !== null && token !== null) await access.sessions.close(token)
      return reply.header('set-cookie', writeSessionCookie(null, secure)).code(204).send()
    },
  )
}

function answer({ identity: { id, name, role, areas }, csrf }: Pick<Session, 'identity' | 'csrf'>): object {
  return { identity: { id, name, role, areas }, csrf }
}
