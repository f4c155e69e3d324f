import { type FastifyBaseLogger, fastify, LogController } from 'fastify'
import type { Access } from '../access/access.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { withNats } from './asyncapi.ts'
import { requireAccess, requireDeclarations } from './authentication.ts'
import { serveConsole } from './console.ts'
import { describe } from './documentation.ts'
import { frameworkErrors, garbageHandler, handleErrors } from './error-handler.ts'
import { requireHandshake } from './handshake.ts'
import { createIntake } from './intake.ts'
import { HTTP_LIMITS, type HttpLimits } from './limits.ts'
import type { Attribute } from './port-attribution.ts'
import type { ClockGuard } from './port-clock.ts'
import type { AlertBook, AlertDesk } from './port-desk.ts'
import type { Detectors } from './port-detectors.ts'
import type { EventDoor } from './port-door.ts'
import type { Health } from './port-health.ts'
import type { ImportRuns } from './port-imports.ts'
import type { Inventory } from './port-inventory.ts'
import type { LiveFeed } from './port-live.ts'
import type { Quarantine } from './port-quarantine.ts'
import type { Settings } from './port-settings.ts'
import type { Sources } from './port-sources.ts'
import type { HistoryStore } from './port-store.ts'
import type { Verify } from './port-verification.ts'
import { limitRate, protect } from './protection.ts'
import { logRequests, requestId } from './request-log.ts'
import { alertActionRoutes } from './routes/alert-actions.ts'
import { alertRoutes } from './routes/alerts.ts'
import { attributionRoutes } from './routes/attribution.ts'
import { clockRoutes } from './routes/clock.ts'
import { codeRoutes } from './routes/codes.ts'
import { detectorRoutes } from './routes/detectors.ts'
import { enterpriseRoutes } from './routes/enterprises.ts'
import { eventRoutes } from './routes/events.ts'
import { importRoutes } from './routes/imports.ts'
import { inventoryRoutes } from './routes/inventory.ts'
import { keyRoutes } from './routes/keys.ts'
import { liveTicketRoutes } from './routes/live-ticket.ts'
import { officerRoutes } from './routes/officers.ts'
import { operationRoutes } from './routes/operations.ts'
import { overviewRoutes } from './routes/overview.ts'
import { quarantineRoutes } from './routes/quarantine.ts'
import { sessionRoutes } from './routes/session.ts'
import { settingsRoutes } from './routes/settings.ts'
import { sourceRoutes } from './routes/sources.ts'
import { verificationRoutes } from './routes/verification.ts'
import type { Server } from './server.ts'

/** Requests a minute of one identity; far above what people and sources do, below what brings the service down. */
export const RATE_LIMITS: RateLimits = { requestsPerMinute: 60_000, eventRequestsPerMinute: 600_000 }

export interface RateLimits {
  readonly requestsPerMinute: number
  /** For `POST /v1/events` alone. */
  readonly eventRequestsPerMinute: number
}

export interface ApiOptions {
  /** `operations`: healthz, readyz and metrics alone, for a process whose work lies elsewhere. */
  readonly serves?: 'everything' | 'operations'
  readonly door: EventDoor
  readonly attribute: Attribute
  readonly book: AlertBook
  readonly desk: AlertDesk
  readonly store: HistoryStore
  readonly verify: Verify
  readonly detectors: Detectors
  readonly inventory: Inventory
  readonly settings: Settings
  readonly imports: ImportRuns
  readonly quarantine: Quarantine
  readonly clock: ClockGuard
  readonly sources: Sources
  readonly health: Health
  readonly live: LiveFeed
  readonly access: Access
  readonly metrics: Metrics
  readonly logger: Logger
  /** Build output of the console. */
  readonly consoleDir: string
  /** Where browsers reach the service; https makes the cookie secure. */
  readonly publicUrl?: string | undefined
  readonly rateLimits?: RateLimits
  /** How long the parts of a request are waited for. */
  readonly patience?: Pick<HttpLimits, 'headersMs' | 'requestMs' | 'slowCheckMs'>
}

/** Builds the HTTP server with every route; the caller listens and closes. */
export async function createApi(options: ApiOptions): Promise<Server> {
  const { access, book, store, live, metrics, rateLimits = RATE_LIMITS, patience = HTTP_LIMITS } = options
  const https = options.publicUrl?.startsWith('https:') ?? false
  const loggerInstance: FastifyBaseLogger = options.logger.child({ step: 'api' })
  const server: Server = fastify({
    loggerInstance,
    // One line a request is written by `logRequests`.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: requestId,
    bodyLimit: HTTP_LIMITS.bodyBytes,
    // What still comes over open connections while we stop is answered as ever: the framework's own 503 has neither code
    // nor Retry-After, and the steps behind the door end after it.
    return503OnClosing: false,
    requestTimeout: patience.requestMs,
    http: {
      headersTimeout: patience.headersMs,
      connectionsCheckingInterval: patience.slowCheckMs,
      maxHeaderSize: HTTP_LIMITS.headerBytes,
      // `requireHandshake` refuses it in our own words.
      requireHostHeader: false,
    },
    clientErrorHandler: garbageHandler(metrics),
    frameworkErrors: frameworkErrors(metrics),
    // A proxy for TLS stands on this machine; its word counts for who the caller is, nobody else's does.
    trustProxy: 'loopback',
    // A member nobody knows is a mistake to be told, not to be dropped.
    ajv: { customOptions: { removeAdditional: false, coerceTypes: true } },
  })
  // Answers are built here from typed values; their schemas document them.
  server.setSerializerCompiler(() => (data) => JSON.stringify(data))
  server.server.maxConnections = HTTP_LIMITS.connections
  handleErrors(server, metrics)
  logRequests(server)
  await protect(server, https)
  requireDeclarations(server)
  await limitRate(server, rateLimits.requestsPerMinute)
  const isWhole = options.serves !== 'operations'
  if (isWhole) {
    await describe(server, withNats(live.asyncapi))
    await live.register(server)
    requireHandshake(server)
  }
  requireAccess(server, access)
  operationRoutes(server, options.health, metrics)
  if (!isWhole) return server

  eventRoutes(server, options.door, createIntake(HTTP_LIMITS), rateLimits.eventRequestsPerMinute)
  attributionRoutes(server, options.attribute, store)
  alertRoutes(server, book, options.desk, live.epoch)
  alertActionRoutes(server, options.desk)
  officerRoutes(server, access.officers)
  verificationRoutes(server, options.desk, options.verify)
  overviewRoutes(server, book, live.epoch, options.sources)
  sourceRoutes(server, options.sources)
  codeRoutes(server)
  enterpriseRoutes(server, store)
  detectorRoutes(server, options.detectors, store)
  inventoryRoutes(server, options.inventory)
  settingsRoutes(server, options.settings)
  quarantineRoutes(server, store, options.quarantine)
  importRoutes(server, options.imports)
  sessionRoutes(server, access, https)
  keyRoutes(server, access.keys)
  clockRoutes(server, options.clock)
  liveTicketRoutes(server, access.tickets)
  await serveConsole(server, options.consoleDir)
  return server
}
