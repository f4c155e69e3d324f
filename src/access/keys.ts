import { timingSafeEqual } from 'node:crypto'
import { Value } from '@sinclair/typebox/value'
import { hash } from 'bcryptjs'
import { YujingError } from '../model/errors.ts'
import { formatTime } from '../model/time.ts'
import type { Clock } from '../telemetry/clock.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { ConfigBucket } from './bucket-port.ts'
import { administrator, BOOTSTRAP_ID, type Identity } from './identity.ts'
import { digest, generateSecret, KEY_PATTERN } from './key-format.ts'
import { wrongLimit } from './key-limits.ts'
import { fillIn, identityOf, type KeyInfo, NewKey, StoredKey } from './key-record.ts'
import { createMirror } from './mirror.ts'

export interface Keys {
  /** Reads what is stored. Throws when production still carries a bootstrap key beside its administrators. */
  start(): Promise<void>
  stop(): Promise<void>
  /** Makes a key; the secret is in this answer and nowhere else. `request.invalid` names a wrong member. */
  add(request: NewKey, by: string): Promise<{ key: string; info: KeyInfo }>
  /** All keys ever made, oldest first; never a secret or its digest. */
  list(): KeyInfo[]
  /** From now on the key opens nothing; sockets and sessions of it end within seconds. `not-found` if none. */
  revoke(id: string, by: string): Promise<void>
  /** Whose key this is, or null: malformed, unknown, revoked. */
  authenticate(key: string): { identity: Identity; digest: string } | null
  /** Whose key has this digest now, or null once it is revoked. */
  identify(keyDigest: string): Identity | null
  /** The inboxes of the keys in force. */
  inboxes(): InboxUser[]
  /** Who may read exported events by the keys in force, and which types. */
  exports(): ExportUser[]
  /** What the key of an inbox may send; null when none is in force. */
  inboxIdentity(name: string): Identity | null
}

/** A user of NATS who may leave messages in one inbox. */
export interface InboxUser {
  readonly name: string
  /** bcrypt of the password. */
  readonly password: string
}

/** A user of NATS who may read exported events. */
export interface ExportUser extends InboxUser {
  readonly types: readonly string[] | 'all'
}

/** The least that nats-server takes. */
const BCRYPT_ROUNDS = 4

/** Keys in the configuration bucket, `key.<id>`, and the bootstrap key of the configuration. */
export function createKeys(options: {
  bucket: ConfigBucket
  clock: Clock
  logger: Logger
  /** An administrator with this key exists. */
  bootstrapKey?: string | undefined
  /** In production the bootstrap key is refused once administrators exist. */
  production?: boolean
  /** Told after each change of the keys, whoever made it. */
  onChange?: () => void
}): Keys {
  const { bucket, clock, logger, bootstrapKey, production = false, onChange = () => {} } = options
  const mirror = createMirror({ bucket, prefix: 'key.', schema: StoredKey, logger, onChange })
  const bootstrapDigest = bootstrapKey === undefined ? null : digest(bootstrapKey)
  const bootstrap = administrator(BOOTSTRAP_ID, BOOTSTRAP_ID)

  function administratorsExist(): boolean {
    for (const [, { value }] of mirror.all()) if (value.role === 'admin' && value.revokedAt === null) return true
    return false
  }

  /** The key whose user of NATS has this name. */
  function inForceOf(name: string): StoredKey | null {
    for (const [, { value }] of mirror.all())
      if ((value.inbox ?? value.export) === name && value.revokedAt === null) return value
    return null
  }

  /** Keys in force whose user of NATS is of this kind. */
  function* usersOf(kind: 'inbox' | 'export'): Generator<{ name: string; password: string; key: StoredKey }> {
    for (const [, { value }] of mirror.all()) {
      const { [kind]: name, inboxPassword: password, revokedAt } = value
      if (name !== undefined && password !== undefined && revokedAt === null) yield { name, password, key: value }
    }
  }

  /** What makes a key a user of NATS. The secret is random: what would take years to guess a phrase by needs no cost here. */
  async function userMembers(
    request: NewKey,
    key: string,
  ): Promise<Pick<StoredKey, 'inbox' | 'export' | 'inboxPassword'>> {
    const kind = 'inbox' in request ? 'inbox' : 'export' in request ? 'export' : null
    const name = 'inbox' in request ? request.inbox : 'export' in request ? request.export : undefined
    if (kind === null || name === undefined) return {}
    if (name === 'service' || inForceOf(name) !== null)
      throw new YujingError('request.invalid', `${kind}: "${name}" is taken; revoke its key first, or choose another.`)
    return { [kind]: name, inboxPassword: await hash(key, BCRYPT_ROUNDS) }
  }

  function identify(keyDigest: string): Identity | null {
    if (bootstrapDigest !== null && same(keyDigest, bootstrapDigest)) {
      return production && administratorsExist() ? null : bootstrap
    }
    const found = mirror.get(idOf(keyDigest))?.value
    if (found === undefined || !same(keyDigest, found.digest)) return null
    return found.revokedAt === null ? identityOf(found) : null
  }

  return {
    async start() {
      await mirror.start()
      if (bootstrapKey !== undefined && production && administratorsExist()) {
        await mirror.stop()
        throw new Error('YUJING_BOOTSTRAP_KEY: refused with PROFILE=production once administrators exist; remove it')
      }
    },
    stop: () => mirror.stop(),

    async add(request, by) {
      if (!Value.Check(NewKey, request)) {
        throw new YujingError(
          'request.invalid',
          'A key needs a name and a role; ingest also sources, supervisor areas.',
        )
      }
      const wrong = wrongLimit(request)
      if (wrong !== null) throw new YujingError('request.invalid', wrong)
      const key = generateSecret()
      const keyDigest = digest(key)
      const id = idOf(keyDigest)
      const info: KeyInfo = {
        id,
        name: request.name,
        role: request.role,
        ...fillIn(request),
        createdAt: formatTime(clock.now()),
        createdBy: by,
        revokedAt: null,
        revokedBy: null,
      }
      const { inboxPassword, ...named } = await userMembers(request, key)
      const password = inboxPassword === undefined ? {} : { inboxPassword }
      const stored: StoredKey = { ...info, ...named, ...password, digest: keyDigest }
      mirror.apply(id, stored, await bucket.create(`key.${id}`, stored))
      return { key, info: { ...info, ...named } }
    },

    list() {
      const keys: KeyInfo[] = []
      for (const [, { value }] of mirror.all()) {
        const { digest: _digest, inboxPassword: _password, ...info } = value
        keys.push(info)
      }
      return keys.sort((a, b) => a.createdAt.localeCompare(b.createdAt) || a.id.localeCompare(b.id))
    },

    async revoke(id, by) {
      const found = mirror.get(id)
      if (found === null) throw new YujingError('not-found', `There is no key ${id}.`)
      if (found.value.revokedAt !== null) return
      const revoked: StoredKey = { ...found.value, revokedAt: formatTime(clock.now()), revokedBy: by }
      mirror.apply(id, revoked, await bucket.update(`key.${id}`, revoked, found.revision))
    },

    authenticate(key) {
      if (!KEY_PATTERN.test(key)) return null
      const keyDigest = digest(key)
      const identity = identify(keyDigest)
      return identity === null ? null : { identity, digest: keyDigest }
    },
    identify,
    inboxes() {
      const users = [...usersOf('inbox')].map(({ name, password }) => ({ name, password }))
      return users.sort((a, b) => a.name.localeCompare(b.name))
    },
    exports() {
      const users = [...usersOf('export')].map(({ name, password, key: { types } }) => ({ name, password, types }))
      return users.sort((a, b) => a.name.localeCompare(b.name))
    },
    inboxIdentity(name) {
      const found = inForceOf(name)
      return found?.inbox === undefined ? null : identityOf(found)
    },
  }
}

/** A key's id is the beginning of its digest: it finds the key in one step and opens nothing. */
function idOf(keyDigest: string): string {
  return `k${keyDigest.slice(0, 16)}`
}

/** Compares two hex digests of equal length without telling by the time taken where they differ. */
function same(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
}
