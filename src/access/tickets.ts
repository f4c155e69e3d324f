import type { Clock } from '../telemetry/clock.ts'
import { generateSecret } from './key-format.ts'

/** A ticket opens one socket within this time. */
export const TICKET_MS = 30_000

/**
 * Tickets for the live feed, for clients that can set no header on a WebSocket. In memory only: half a minute is not
 * worth a write, and a client that loses one asks for another.
 */
export interface Tickets {
  /** A ticket for whoever holds this key. */
  issue(keyDigest: string): string
  /** The digest of the key it was issued to, once; null when unknown, used or too old. */
  redeem(ticket: string): string | null
}

export function createTickets(clock: Clock): Tickets {
  const open = new Map<string, { keyDigest: string; until: number }>()
  return {
    issue(keyDigest) {
      // In order of issue, so those too old stand first.
      for (const [ticket, { until }] of open) {
        if (until > clock.now()) break
        open.delete(ticket)
      }
      const ticket = generateSecret()
      open.set(ticket, { keyDigest, until: clock.now() + TICKET_MS })
      return ticket
    },
    redeem(ticket) {
      const found = open.get(ticket)
      open.delete(ticket)
      return found !== undefined && found.until > clock.now() ? found.keyDigest : null
    },
  }
}
