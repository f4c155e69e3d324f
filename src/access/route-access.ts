import { PERMISSIONS, type Permission } from './permissions.ts'

/**
 * What a route asks of its caller, declared in its `config`: a permission of the table; `public` for what needs no
 * identity; `itself` for the one route that authenticates in its own way (the live feed closes with a code instead of
 * refusing the upgrade).
 */
export type RouteAccess = Permission | 'public' | 'itself'

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: RouteAccess
  }
}

const DECLARABLE: ReadonlySet<string | undefined> = new Set([...PERMISSIONS, 'public', 'itself'])

export function isRouteAccess(value: string | undefined): value is RouteAccess {
  return DECLARABLE.has(value)
}
