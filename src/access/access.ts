import { YujingError } from '../model/errors.ts'
import type { Clock } from '../telemetry/clock.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { ConfigBucket } from './bucket-port.ts'
import type { Identity } from './identity.ts'
import { digest, KEY_PATTERN } from './key-format.ts'
import { createKeys, type Keys } from './keys.ts'
import { createLockout } from './lockout.ts'
import { createOfficers, type Officers } from './officers.ts'
import { createSessions, type Sessions } from './sessions.ts'
import { createTickets, type Tickets } from './tickets.ts'

/** Why somebody was let in, and whether that still holds. */
export interface Grant {
  readonly identity: Identity
  readonly keyDigest: string
  /** Set when a cookie spoke: then writes need `csrf`, and sockets a known Origin. */
  readonly session: { readonly csrf: string } | null
  /** Looks again; for sockets, which outlive the moment they were let in. */
  standing(): 'valid' | 'revoked' | 'expired'
}

/** Keys, sessions and tickets behind one door. */
export interface Access {
  readonly keys: Keys
  readonly sessions: Sessions
  readonly tickets: Tickets
  readonly officers: Officers
  start(): Promise<void>
  stop(): Promise<void>
  /** By key. Null when it is wrong; throws `rate.limited` while the address is locked out. */
  byKey(key: string, address: string): Grant | null
  /** By the session cookie's token. */
  bySession(token: string): Grant | null
  /** By a single-use ticket of the live feed. */
  byTicket(ticket: string): Grant | null
}

export function createAccess(options: {
  bucket: ConfigBucket
  clock: Clock
  logger: Logger
  bootstrapKey?: string | undefined
  production?: boolean
  /** Told after each change of the keys. */
  onKeysChange?: () => void
}): Access {
  const { clock } = options
  const { onKeysChange: onChange = () => {} } = options
  const keys = createKeys({ ...options, onChange })
  const sessions = createSessions({ ...options, keys })
  const tickets = createTickets(clock)
  const lockout = createLockout(clock)

  function keyGrant(identity: Identity, keyDigest: string): Grant {
    const standing = () => (keys.identify(keyDigest) === null ? 'revoked' : 'valid')
    return { identity, keyDigest, session: null, standing }
  }

  return {
    keys,
    sessions,
    tickets,
    officers: createOfficers(keys),
    async start() {
      await keys.start()
      await sessions.start()
    },
    async stop() {
      await sessions.stop()
      await keys.stop()
    },

    byKey(key, address) {
      const keyDigest = digest(key)
      const waitMs = lockout.waitMs(address, keyDigest)
      if (waitMs > 0) {
        const retryAfterSeconds = Math.ceil(waitMs / 1000)
        throw new YujingError('rate.limited', 'Too many wrong keys from this address.', { retryAfterSeconds })
      }
      const found = keys.authenticate(key)
      if (found === null) {
        // Something that is no key at all is a mistake in a client, not a guess.
        if (KEY_PATTERN.test(key)) lockout.failed(address, keyDigest)
        return null
      }
      lockout.succeeded(address, keyDigest)
      return keyGrant(found.identity, keyDigest)
    },

    bySession(token) {
      const session = sessions.find(token, 'use')
      if (session === null) return null
      const { identity, keyDigest, csrf } = session
      return {
        identity,
        keyDigest,
        session: { csrf },
        standing() {
          if (keys.identify(keyDigest) === null) return 'revoked'
          const use = identity.role === 'viewer' ? 'use' : 'peek'
          return sessions.find(token, use) === null ? 'expired' : 'valid'
        },
      }
    },

    byTicket: (ticket) => tickets.redeem(ticket),
  }
}
