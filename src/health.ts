import { WORK } from './config.ts'
import { type DetectGroups, GROUPS, groupClaim } from './detect-groups.ts'
import type { Duty } from './duty.ts'
import type { Ground } from './ground.ts'
import type { Leases } from './log/leases.ts'
import { isStoreAway } from './model/errors.ts'
import type { Degraded, UnreadyReason } from './model/readiness.ts'

/**
 * What readiness rests on, and what this process does. A replica without a lead, or with groups of partitions nobody
 * holds, is degraded and not unready: it answers what it can, and taking all replicas out of service at once helps
 * nobody.
 */
export function createHealth(o: {
  ground: Pick<Ground, 'config' | 'log' | 'store' | 'clock' | 'disk' | 'restarting'>
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
      const doubt = clock.doubt()
      const reasons: UnreadyReason[] = [
        ...(log.healthy() ? [] : ['log unreachable' as const]),
        ...(doubt === null ? [] : [`clock ${doubt.reason}` as const]),
        ...(ground.disk.isOpen() ? [] : ['disk full' as const]),
        ...(lead.hindrance() === null ? [] : [hindered(lead.hindrance())]),
        ...(detection.isReady() ? [] : ['partitions recovering' as const]),
        ...(storing.current()?.storeWriter.failure() ? ['store writer has given up' as const] : []),
      ]
      const degraded: Degraded[] = [
        ...((await store.ping()) ? [] : ['store' as const]),
        ...(nobodyHas('lead') ? ['lead' as const] : []),
        ...(nobodyHas(...groups) ? ['detect' as const] : []),
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

/** A writer without a valid snapshot cannot know which ids are taken: it needs history before it takes anything. */
function hindered(error: unknown): UnreadyReason {
  return isStoreAway(error) ? 'the writer waits for the store' : 'the lead cannot begin'
}
