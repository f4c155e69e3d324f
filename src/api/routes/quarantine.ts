import { Type } from '@sinclair/typebox'
import type { HistoryStore } from '../port-store.ts'
import { answers } from '../schemas/common.ts'
import type { Server } from '../server.ts'

/** Refused events: how many, by code. Their payload is encrypted and is not shown here. */
export function quarantineRoutes(server: Server, store: HistoryStore): void {
  server.get(
    '/v1/quarantine',
    {
      config: { access: 'quarantine.read' },
      schema: {
        tags: ['events'],
        summary: 'Refused events by code',
        response: answers({
          200: Type.Object({ items: Type.Array(Type.Object({}, { additionalProperties: true })) }),
        }),
      },
    },
    async () => ({ items: await store.quarantineCodes() }),
  )
}
