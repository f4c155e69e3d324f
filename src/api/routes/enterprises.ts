import { Type } from '@sinclair/typebox'
import type { Identity } from '../../access/identity.ts'
import { canSee } from '../../access/scope.ts'
import { YujingError } from '../../model/errors.ts'
import { Nullable } from '../../model/schema.ts'
import { grantOf } from '../authentication.ts'
import type { EnterpriseRecord, HistoryStore } from '../port-store.ts'
import { answers, commaList } from '../schemas/common.ts'
import type { Server } from '../server.ts'

const Code = Type.Object({
  code: Type.String({ minLength: 18, maxLength: 18, description: 'Unified social credit code' }),
})
const Open = (description: string) => Type.Object({}, { additionalProperties: true, description })

/**
 * An enterprise is visible to whoever's scope holds its present county; its whole history moves with it, so the
 * timeline is not cut by the counties of old events.
 */
export function enterpriseRoutes(server: Server, store: HistoryStore): void {
  async function visible(identity: Identity, code: string): Promise<EnterpriseRecord> {
    const record = await store.enterprise(code)
    if (record === null || !canSee(identity, [record.region])) throw new YujingError('not-found')
    return record
  }

  server.get(
    '/v1/enterprises/:code',
    {
      config: { access: 'enterprises.read' },
      schema: {
        tags: ['enterprises'],
        summary: 'The present record of an enterprise',
        params: Code,
        response: answers({ 200: Open('People as pseudonyms with masked names') }),
      },
    },
    (request) => visible(grantOf(request).identity, request.params.code),
  )

  server.get(
    '/v1/enterprises/:code/timeline',
    {
      config: { access: 'enterprises.read' },
      schema: {
        tags: ['enterprises'],
        summary: 'Its events as stored, newest first',
        params: Code,
        querystring: Type.Object({
          limit: Type.Integer({ minimum: 1, maximum: 500, default: 50 }),
          cursor: Type.Optional(Type.String({ maxLength: 500 })),
          type: Type.Optional(Type.String({ maxLength: 2000, description: 'Event types; comma-separated' })),
        }),
        response: answers({
          200: Type.Object({ items: Type.Array(Open('CloudEvent')), next: Nullable(Type.String()) }),
        }),
      },
    },
    async (request) => {
      await visible(grantOf(request).identity, request.params.code)
      const { limit, cursor = null, type } = request.query
      return store.timeline(request.params.code, limit, cursor, commaList(type))
    },
  )
}
