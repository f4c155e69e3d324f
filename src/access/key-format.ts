import { createHash, randomBytes } from 'node:crypto'

/** A key as it travels: 16 to 128 characters of the URL-safe base 64 alphabet. */
export const KEY_PATTERN = /^[A-Za-z0-9_-]{16,128}$/

/** The key in an `Authorization` header; null when it carries none. */
export function bearerKey(authorization: string): string | null {
  return /^Bearer +([^ ]+) *$/i.exec(authorization)?.[1] ?? null
}

/** A new secret: 32 random bytes, 43 characters. */
export function generateSecret(): string {
  return randomBytes(32).toString('base64url')
}

/**
 * The only form in which a secret is stored. A plain digest is enough, and fast enough for every request: the secrets
 * are random, not passwords, so there is no dictionary to try.
 */
export function digest(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}
