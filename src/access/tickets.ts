import type { Clock } from '../telemetry/clock.ts'
import type { Grant } from './access.ts'
import { generateSecret } from './key-format.ts'

/** A ticket opens one socket within this time. */
export const TICKET_MS = 30_000

/**
 * Tickets for the live feed, for clients that can set no header on a WebSocket. In memory only: half a minute is not
 * worth a write, and a client that loses one asks for another.
 */
export interface Tickets {
  /** A ticket that lets its holder in as this grant does, and no longer: revocation and sign-out end both. */
  issue(grant: Grant): string
  /** What it was issued for, once; null when unknown, used, too old, or when the grant no longer stands. */
  redeem(ticket: string): Grant | null
}

export function createTickets(clock: Clock): Tickets {
  const open = new Map<string, { grant: Grant; until: number }>()
  return {
    issue(grant) {
      // In order of issue, so those too old stand first.
      for (const [ticket, { until }] of open) {
        if (until > clock.now()) break
        open.delete(ticket)
      }
      const ticket = generateSecret()
      open.set(ticket, { grant, until: clock.now() + TICKET_MS })
      return ticket
    },
    redeem(ticket) {
      const found = open.get(ticket)
      open.delete(ticket)
      if (found === undefined || found.until <= clock.now() || found.grant.standing() !== 'valid') return null
      return found.grant
    },
  }
}
