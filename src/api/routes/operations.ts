import { Type } from '@sinclair/typebox'
import type { Metrics } from '../../telemetry/metrics.ts'
import type { Health } from '../port-health.ts'
import type { Server } from '../server.ts'

const Readiness = Type.Object({
  ready: Type.Boolean(),
  degraded: Type.Array(Type.String(), { description: 'Away without stopping the service' }),
  reasons: Type.Array(Type.String(), { description: 'Why it must get no traffic' }),
  role: Type.Optional(Type.String()),
  lead: Type.Optional(Type.Boolean({ description: 'This process appends to the log, and its desk works' })),
  storing: Type.Optional(Type.Boolean({ description: 'This process carries the log into ClickHouse' })),
  groups: Type.Optional(Type.Integer({ description: 'Groups of partitions, of 16, that this process detects for' })),
  restarting: Type.Array(Type.String(), { description: 'Child servers that ended and are being started again' }),
})

/** For those who run the service: never limited, because a probe that is refused restarts what is well. */
export function operationRoutes(server: Server, health: Health, metrics: Metrics): void {
  server.get(
    '/healthz',
    {
      config: { access: 'public', rateLimit: false },
      schema: { tags: ['operations'], summary: 'The process lives', security: [] },
    },
    async () => ({ ok: true }),
  )

  server.get(
    '/readyz',
    {
      config: { access: 'public', rateLimit: false },
      schema: {
        tags: ['operations'],
        summary: 'Ready for traffic, or why not',
        security: [],
        response: { 200: Readiness, 503: Readiness },
      },
    },
    async (_request, reply) => {
      const { reasons, degraded, restarting, doing } = await health.check()
      const ready = reasons.length === 0
      return reply.code(ready ? 200 : 503).send({ ready, degraded, reasons, restarting, ...doing })
    },
  )

  server.get(
    '/metrics',
    {
      config: { access: 'metrics.read', rateLimit: false },
      schema: { tags: ['operations'], summary: 'Metrics in the Prometheus text format' },
    },
    async (_request, reply) => reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  )
}
