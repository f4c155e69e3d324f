import fastifySwagger from '@fastify/swagger'
import fastifySwaggerUi from '@fastify/swagger-ui'
import { SESSION_COOKIE } from '../access/session-cookie.ts'
import type { Server } from './server.ts'

/** OpenAPI at /docs (page) and /docs/json, AsyncAPI at /docs/asyncapi.json. Called before the routes it describes. */
export async function describe(root: Server, asyncapi: object): Promise<void> {
  await root.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Yujing 预警',
        version: '1',
        description:
          'Real-time risk monitoring for market supervision. The live feed and the inboxes of sources are described at /docs/asyncapi.json.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: {
        securitySchemes: {
          key: { type: 'http', scheme: 'bearer' },
          session: { type: 'apiKey', in: 'cookie', name: SESSION_COOKIE },
        },
      },
      security: [{ key: [] }, { session: [] }],
    },
  })
  await root.register(async (server: Server) => {
    server.addHook('onRoute', (route) => {
      route.config = { ...route.config, access: 'docs.read' }
    })
    server.get('/docs/asyncapi.json', { schema: { hide: true } }, async () => asyncapi)
    await server.register(fastifySwaggerUi, { routePrefix: '/docs', uiConfig: { deepLinking: true } })
  })
}
