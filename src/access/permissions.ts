import type { Identity, Role } from './identity.ts'

/**
 * Who may do what. Default deny: what does not stand here is allowed to nobody, and a route that names no permission
 * does not start. `admin` holds every right until administrators are separated (CONTRACT 4).
 *
 *                        ingest  supervisor  viewer  admin
 */
const TABLE = {
  'events.write': ['ingest', 'admin'],
  'events.attribute': ['supervisor', 'admin'],
  'alerts.read': ['supervisor', 'viewer', 'admin'],
  'alerts.act': ['supervisor', 'admin'],
  'live.read': ['supervisor', 'viewer', 'admin'],
  'inventory.read': ['supervisor', 'viewer', 'admin'],
  'overview.read': ['supervisor', 'viewer', 'admin'],
  'enterprises.read': ['supervisor', 'viewer', 'admin'],
  'detectors.read': ['supervisor', 'viewer', 'admin'],
  'detectors.explain': ['supervisor', 'viewer', 'admin'],
  'detectors.tune': ['admin'],
  'allow-lists.manage': ['admin'],
  'calendars.read': ['supervisor', 'viewer', 'admin'],
  'calendars.manage': ['admin'],
  'sources.read': ['ingest', 'supervisor', 'viewer', 'admin'],
  'sources.complete': ['ingest', 'admin'],
  'sources.manage': ['admin'],
  'quarantine.read': ['admin'],
  'quarantine.handle': ['admin'],
  'imports.read': ['ingest', 'admin'],
  'imports.write': ['ingest', 'admin'],
  'keys.manage': ['admin'],
  'clock.confirm': ['admin'],
  'session.own': ['ingest', 'supervisor', 'viewer', 'admin'],
  'metrics.read': ['ingest', 'supervisor', 'viewer', 'admin'],
  'docs.read': ['ingest', 'supervisor', 'viewer', 'admin'],
} as const satisfies Record<string, readonly Role[]>

export type Permission = keyof typeof TABLE

export const PERMISSIONS = Object.keys(TABLE) as Permission[]

/** Whether the role of the identity holds the permission. Areas and sources narrow it further, element by element. */
export function may(identity: Identity, permission: Permission): boolean {
  const roles: readonly Role[] = TABLE[permission]
  return roles.includes(identity.role)
}
