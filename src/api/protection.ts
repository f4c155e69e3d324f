import fastifyHelmet from '@fastify/helmet'
import fastifyRateLimit from '@fastify/rate-limit'
import { YujingError } from '../model/errors.ts'
import type { Server } from './server.ts'

/**
 * Headers that keep a browser from being used against its user. Scripts come from this service alone, none inline;
 * styles may be inline because the console's components and the documentation page inject theirs.
 *
 * @param https whether browsers come by https: only then may they be told to insist on it
 */
export async function protect(server: Server, https: boolean): Promise<void> {
  await server.register(fastifyHelmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        scriptSrcAttr: ["'none'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        fontSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        workerSrc: ["'self'", 'blob:'],
        objectSrc: ["'none'"],
        baseUri: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: https,
    xFrameOptions: { action: 'deny' },
  })
  server.addHook('onSend', async (request, reply) => {
    // Answers about enterprises and people stay in no cache on the way.
    if (request.url.startsWith('/v1/')) reply.header('cache-control', 'no-store')
  })
}

/** So many requests a minute of one identity, or of one address without identity; beyond: 429 with Retry-After. */
export async function limitRate(server: Server, requestsPerMinute: number): Promise<void> {
  await server.register(fastifyRateLimit, {
    max: requestsPerMinute,
    timeWindow: 60_000,
    keyGenerator: (request) => request.grant?.identity.id ?? request.ip,
    errorResponseBuilder: () => new YujingError('rate.limited'),
  })
}
