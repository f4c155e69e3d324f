import { WORK } from './config.ts'
import { type DetectGroups, GROUPS, groupClaim } from './detect-groups.ts'
import type { Duty } from './duty.ts'
import type { Ground } from './flow.ts'
import type { Leases } from './log/leases.ts'

/**
 * What readiness rests on, and what this process does. A replica without a lead, or with groups of partitions nobody
 * holds, is degraded and not unready: it answers what it can, and taking all replicas out of service at once helps
 * nobody.
 */
export function createHealth(o: {
  ground: Pick<Ground, 'config' | 'log' | 'store' | 'clock' | 'restarting'>
  leases: Pick<Leases<unknown>, 'holder'>
  lead: Duty<unknown>
  storing: Duty<{ storeWriter: { failure(): Error | null } }>
  detection: Pick<DetectGroups, 'isReady' | 'groups'>
}) {
  const { ground, leases, lead, storing, detection } = o
  const { config, log, store, clock } = ground
  const groups = Array.from({ length: GROUPS }, (_, group) => groupClaim(group))
  const nobodyHas = (...claims: string[]) => claims.some((claim) => leases.holder(claim) === null)
  return {
    async check() {
      const reasons = [
        ...(log.healthy() ? [] : ['log unreachable']),
        ...(clock.doubt() === null ? [] : [`clock ${clock.doubt()?.reason}`]),
        ...(detection.isReady() ? [] : ['partitions recovering']),
        ...(storing.current()?.storeWriter.failure() ? ['store writer has given up'] : []),
      ]
      const degraded = [
        ...((await store.ping()) ? [] : ['store']),
        ...(nobodyHas('lead') ? ['lead'] : []),
        ...(nobodyHas(...groups) ? ['detect'] : []),
      ]
      const doing = {
        role: config.role,
        lead: lead.current() !== null,
        storing: storing.current() !== null,
        groups: WORK[config.role].detect ? detection.groups().length : 0,
      }
      return { reasons, degraded, restarting: ground.restarting(), doing }
    },
  }
}
