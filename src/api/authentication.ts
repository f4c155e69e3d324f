import type { FastifyRequest, RouteOptions } from 'fastify'
import type { Access, Grant } from '../access/access.ts'
import { bearerKey } from '../access/key-format.ts'
import { may } from '../access/permissions.ts'
import { isRouteAccess } from '../access/route-access.ts'
import { readSessionCookie } from '../access/session-cookie.ts'
import { YujingError } from '../model/errors.ts'
import type { Server } from './server.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; null on routes that need no identity. */
    grant: Grant | null
  }
}

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Default deny, first half: a server with a route that declares no access does not start. Called before any route. */
export function requireDeclarations(server: Server): void {
  const routes: RouteOptions[] = []
  server.addHook('onRoute', (route) => {
    routes.push(route)
  })
  server.addHook('onReady', async () => {
    const open = routes.filter((route) => !isRouteAccess(route.config?.access))
    if (open.length > 0) {
      throw new Error(`routes without declared access: ${open.map(({ method, url }) => `${method} ${url}`).join(', ')}`)
    }
  })
}

/**
 * Default deny, second half: who has not what the route declares is refused, before the body is read, so that a
 * stranger's ten megabytes are never parsed. Called after the WebSocket plugin: it must know of an upgrade first, or
 * the connection of one that is refused would stay open for ever.
 */
export function requireAccess(server: Server, access: Access): void {
  server.decorateRequest('grant', null)
  server.addHook('onRequest', async (request) => {
    const wanted = request.is404 ? 'public' : request.routeOptions.config.access
    if (wanted === 'public' || wanted === 'itself') return
    if (wanted === undefined) throw new YujingError('forbidden')
    const grant = authenticate(request, access)
    if (grant === null) throw new YujingError('unauthenticated')
    if (!may(grant.identity, wanted)) throw new YujingError('forbidden')
    checkCsrf(request, grant)
    request.grant = grant
  })
}

/** The caller's grant, or null without or with wrong credentials. A header counts alone: no falling back to a cookie. */
export function authenticate(request: FastifyRequest, access: Access): Grant | null {
  const header = request.headers.authorization
  if (header !== undefined) {
    const key = bearerKey(header)
    return key === null ? null : access.byKey(key, request.ip)
  }
  const token = readSessionCookie(request.headers.cookie)
  return token === null ? null : access.bySession(token)
}

function checkCsrf(request: FastifyRequest, grant: Grant): void {
  if (grant.session === null || SAFE_METHODS.has(request.method)) return
  if (request.headers['x-csrf-token'] !== grant.session.csrf) {
    throw new YujingError('forbidden', 'Writes by session need the header x-csrf-token with the token of the session.')
  }
}

/** The grant of a route that declares a permission. */
export function grantOf(request: FastifyRequest): Grant {
  if (request.grant === null) throw new YujingError('unauthenticated')
  return request.grant
}
