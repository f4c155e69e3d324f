import fastifyWebsocket, { type WebsocketPluginOptions } from '@fastify/websocket'
import type { FastifyInstance } from 'fastify'
import type { WebSocket } from 'ws'
import type { Access, Grant } from '../../access/access.ts'
import { may } from '../../access/permissions.ts'
import '../../access/route-access.ts'
import type { Logger } from '../../telemetry/logger.ts'
import { describeFeed } from './asyncapi.ts'
import { CLOSE } from './close-codes.ts'
import { identify, SUBPROTOCOL } from './credentials.ts'
import { FeedSocket } from './feed-socket.ts'
import { createHub, type HubOptions } from './hub.ts'
import { FEED_LIMITS, type FeedLimits } from './limits.ts'
import { readSubscribe } from './messages.ts'
import type { Transport } from './transport.ts'

export type LiveFeedOptions = Omit<HubOptions, 'limits'> & {
  readonly access: Access
  readonly logger: Logger
  readonly publicUrl?: string | undefined
  readonly limits?: Partial<FeedLimits>
}

/** `GET /v1/live`, the live feed of CONTRACT 5. */
export interface LiveFeed {
  readonly epoch: string
  readonly asyncapi: object
  /** Adds the route to a server. The feed starts when the server is ready and stops when it closes. */
  register(server: FastifyInstance): Promise<void>
}

export function createLiveFeed(options: LiveFeedOptions): LiveFeed {
  const { access, publicUrl } = options
  const limits: FeedLimits = { ...FEED_LIMITS, ...options.limits }
  const logger = options.logger.child({ step: 'deliver' })
  const hub = createHub({ ...options, limits })

  function accept(socket: WebSocket, handshake: Parameters<typeof identify>[1]): void {
    const transport = transportOf(socket, limits)
    const grant = identify(access, handshake, publicUrl)
    if (grant === null) transport.close(CLOSE.unauthenticated, 'not authenticated')
    else if (!may(grant.identity, 'live.read')) transport.close(CLOSE.forbidden, 'this role may not read the feed')
    else serve(socket, transport, grant)
  }

  function serve(socket: WebSocket, transport: Transport, grant: Grant): void {
    const { subscriber, leave } = hub.join(grant, transport)
    const stopPinging = keepAlive(socket, limits.pingMs)
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      const message = readSubscribe(data, isBinary)
      if ('fault' in message) transport.close(CLOSE.protocol, message.fault)
      else subscriber.subscribe(message)
    })
    socket.on('close', (code) => {
      stopPinging()
      leave()
      logger.debug({ by: grant.identity.id, code }, 'live client left')
    })
  }

  return {
    epoch: options.epoch,
    asyncapi: describeFeed(),
    async register(server) {
      await server.register(fastifyWebsocket, {
        options: {
          // Its type asks for what the module exports beside the class, which nobody uses.
          WebSocket: FeedSocket as unknown as NonNullable<WebsocketPluginOptions['options']>['WebSocket'] & {},
          maxPayload: limits.messageBytes,
          handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
        },
        errorHandler(error, socket) {
          logger.debug({ err: error }, 'live connection broke')
          // Where a reason is on its way it may still arrive.
          if (socket.readyState === socket.CLOSING) cutAfter(socket, limits.closeMs)
          else socket.terminate()
        },
        preClose(done) {
          for (const socket of this.websocketServer.clients) {
            transportOf(socket, { ...limits, closeMs: limits.stopMs }).close(CLOSE.stopping, 'the service stops')
          }
          this.websocketServer.close(() => done())
        },
      })
      server.addHook('onReady', async () => hub.start())
      server.addHook('onClose', async () => hub.stop())
      server.get('/v1/live', { websocket: true, config: { access: 'itself' } }, (socket, request) =>
        accept(socket, { headers: request.headers, address: request.ip }),
      )
    },
  }
}

function transportOf(socket: WebSocket, limits: Pick<FeedLimits, 'closeMs' | 'revokedMs'>): Transport {
  return {
    waiting: () => socket.bufferedAmount,
    send(text, flushed) {
      if (socket.readyState === socket.OPEN) socket.send(text, flushed)
    },
    close(code, reason) {
      if (socket.readyState !== socket.OPEN) return
      socket.close(code, reason)
      cutAfter(socket, code === CLOSE.forbidden ? limits.revokedMs : limits.closeMs)
    },
  }
}

/** Whoever does not answer a close is cut off. */
function cutAfter(socket: WebSocket, ms: number): void {
  const cut = setTimeout(() => socket.terminate(), ms)
  socket.once('close', () => clearTimeout(cut))
}

/** Pings, and cuts a connection whose last ping was not answered. */
function keepAlive(socket: WebSocket, pingMs: number): () => void {
  let answered = true
  socket.on('pong', () => {
    answered = true
  })
  const timer = setInterval(() => {
    if (!answered) return socket.terminate()
    answered = false
    socket.ping()
  }, pingMs)
  return () => clearInterval(timer)
}
