import { Type } from '@sinclair/typebox'
import { KeyInfo, NewKey } from '../../access/key-record.ts'
import type { Keys } from '../../access/keys.ts'
import { grantOf } from '../authentication.ts'
import { answers } from '../schemas/common.ts'
import type { Server } from '../server.ts'

/** Keys of people and machines. A secret is shown once, when it is made. */
export function keyRoutes(server: Server, keys: Keys): void {
  server.get(
    '/v1/keys',
    {
      config: { access: 'keys.manage' },
      schema: {
        tags: ['keys'],
        summary: 'All keys ever made, without their secrets',
        response: answers({ 200: Type.Object({ items: Type.Array(KeyInfo) }) }),
      },
    },
    async () => ({ items: keys.list() }),
  )

  server.post(
    '/v1/keys',
    {
      config: { access: 'keys.manage' },
      schema: {
        tags: ['keys'],
        summary: 'Make a key',
        body: NewKey,
        response: answers({
          201: Type.Object({ key: Type.String({ description: 'The secret; not shown again' }), info: KeyInfo }),
        }),
      },
    },
    async (request, reply) => reply.code(201).send(await keys.add(request.body, grantOf(request).identity.id)),
  )

  server.delete(
    '/v1/keys/:id',
    {
      config: { access: 'keys.manage' },
      schema: {
        tags: ['keys'],
        summary: 'Revoke a key; its sockets and sessions end within seconds',
        params: Type.Object({ id: Type.String({ maxLength: 100 }) }),
        response: answers({ 204: Type.Null() }),
      },
    },
    async (request, reply) => {
      await keys.revoke(request.params.id, grantOf(request).identity.id)
      return reply.code(204).send()
    },
  )
}
