import type { FastifyInstance } from 'fastify'

/** The live feed, as the server that carries it needs it. */
export interface LiveFeed {
  /** Epoch of the feed's cursor. */
  readonly epoch: string
  /** AsyncAPI 3 description of the feed. */
  readonly asyncapi: object
  /** Adds the WebSocket route. Called before any other route, with a server whose hooks are in place. */
  register(server: FastifyInstance): Promise<void>
}
