import { createHmac } from 'node:crypto'
import { type Static, Type } from '@sinclair/typebox'
import { RevisionConflict } from '../model/errors.ts'
import { DAY_MS, HOUR_MS } from '../model/time.ts'
import type { Clock } from '../telemetry/clock.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { ConfigBucket } from './bucket-port.ts'
import type { Identity } from './identity.ts'
import { digest, generateSecret } from './key-format.ts'
import type { Keys } from './keys.ts'
import { createMirror } from './mirror.ts'

/** A session ends this long after the last request, and this long after the sign-in whatever happens. */
export const SESSION_IDLE_MS = 30 * 60_000
export const SESSION_ABSOLUTE_MS = 12 * HOUR_MS
/**
 * The session of a viewer may be a display on a wall, before which nobody sits: it can change nothing, so its live feed
 * counts as use, and it ends this long after the sign-in.
 */
export const WALL_ABSOLUTE_MS = DAY_MS
/** The last request is written down at most this often, so that idle time-out is exact to a minute. */
const TOUCH_MS = 60_000

const StoredSession = Type.Object({
  /** Digest of the key signed in with: the session lives no longer than the key. */
  keyDigest: Type.String(),
  createdAt: Type.Number(),
  seenAt: Type.Number(),
})
type StoredSession = Static<typeof StoredSession>

export interface Session {
  readonly identity: Identity
  readonly keyDigest: string
  /** To be sent as `x-csrf-token` with every write; derived from the token, so it is stored nowhere. */
  readonly csrf: string
}

/**
 * Sessions of the console, in the configuration bucket as `session.<digest of the token>`: they survive a restart of
 * the service, and whoever reads the bucket cannot sign in with what is there.
 */
export interface Sessions {
  start(): Promise<void>
  stop(): Promise<void>
  /** Opens a session of the identity behind the key; the token belongs into an HttpOnly cookie. */
  open(keyDigest: string, identity: Identity): Promise<{ token: string; session: Session }>
  /** The session of a token, or null: unknown, ended, too old, or its key revoked. `use` restarts the idle time. */
  find(token: string, use: 'use' | 'peek'): Session | null
  close(token: string): Promise<void>
}

export function createSessions(options: { bucket: ConfigBucket; keys: Keys; clock: Clock; logger: Logger }): Sessions {
  const { bucket, keys, clock, logger } = options
  const mirror = createMirror({ bucket, prefix: 'session.', schema: StoredSession, logger })

  function expired(session: StoredSession): boolean {
    const now = clock.now()
    const role = keys.identify(session.keyDigest)?.role
    const absoluteMs = role === 'viewer' ? WALL_ABSOLUTE_MS : SESSION_ABSOLUTE_MS
    return now - session.seenAt >= SESSION_IDLE_MS || now - session.createdAt >= absoluteMs
  }

  /** Compare-and-set, so that a touch never brings back a session that was just closed. */
  async function touch(id: string, session: StoredSession, revision: number): Promise<void> {
    const touched = { ...session, seenAt: clock.now() }
    try {
      mirror.apply(id, touched, await bucket.update(`session.${id}`, touched, revision))
    } catch (error) {
      if (!(error instanceof RevisionConflict)) logger.warn({ err: error }, 'a session could not be prolonged')
    }
  }

  async function sweep(): Promise<void> {
    const ended = [...mirror.all()].filter(([, { value }]) => expired(value))
    await Promise.all(ended.map(([id]) => bucket.delete(`session.${id}`)))
  }

  return {
    start: () => mirror.start(),
    stop: () => mirror.stop(),

    async open(keyDigest, identity) {
      await sweep()
      const token = generateSecret()
      const id = digest(token)
      const stored = { keyDigest, createdAt: clock.now(), seenAt: clock.now() }
      mirror.apply(id, stored, await bucket.create(`session.${id}`, stored))
      return { token, session: { identity, keyDigest, csrf: csrfToken(token) } }
    },

    find(token, use) {
      const id = digest(token)
      const found = mirror.get(id)
      if (found === null || expired(found.value)) return null
      const identity = keys.identify(found.value.keyDigest)
      if (identity === null) return null
      if (use === 'use' && clock.now() - found.value.seenAt >= TOUCH_MS) void touch(id, found.value, found.revision)
      return { identity, keyDigest: found.value.keyDigest, csrf: csrfToken(token) }
    },

    async close(token) {
      const id = digest(token)
      const found = mirror.get(id)
      if (found === null) return
      // Gone here at once; the marker's own revision is above any that the watch may still bring of the value.
      mirror.apply(id, null, found.revision + 1)
      await bucket.delete(`session.${id}`)
    },
  }
}

function csrfToken(token: string): string {
  return createHmac('sha256', token).update('csrf').digest('base64url')
}
