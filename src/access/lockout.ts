import type { Clock } from '../telemetry/clock.ts'

/** So many different wrong keys from one address within the window lock it for as long as the lock says. */
export const LOCKOUT_WRONG_KEYS = 20
export const LOCKOUT_WINDOW_MS = 15 * 60_000
export const LOCKOUT_MS = 5 * 60_000
/** Addresses and (address, key) pairs remembered; the oldest is forgotten first. */
const REMEMBERED = 10_000

/**
 * Stops guessing. Only *different* wrong keys count, so a machine that goes on sending one revoked key is no guesser
 * and locks out nobody behind the same address. A key that was right from this address before stays welcome during a
 * lock: a guesser behind the same proxy cannot shut out the sources.
 */
export interface Lockout {
  /** Milliseconds this address must wait before this key is even looked at; 0 if it may come. */
  waitMs(address: string, keyDigest: string): number
  failed(address: string, keyDigest: string): void
  succeeded(address: string, keyDigest: string): void
}

interface Record {
  since: number
  readonly wrong: Set<string>
  lockedUntil: number
}

export function createLockout(clock: Clock): Lockout {
  const records = new Map<string, Record>()
  const welcome = new Set<string>()

  return {
    waitMs(address, keyDigest) {
      const record = records.get(address)
      if (record === undefined || welcome.has(`${address} ${keyDigest}`)) return 0
      return Math.max(0, record.lockedUntil - clock.now())
    },

    failed(address, keyDigest) {
      const now = clock.now()
      welcome.delete(`${address} ${keyDigest}`)
      let record = records.get(address)
      if (record === undefined || now - record.since >= LOCKOUT_WINDOW_MS) {
        record = { since: now, wrong: new Set(), lockedUntil: 0 }
        records.delete(address)
        records.set(address, record)
        if (records.size > REMEMBERED) records.delete(records.keys().next().value ?? '')
      }
      record.wrong.add(keyDigest)
      if (record.wrong.size < LOCKOUT_WRONG_KEYS) return
      record.lockedUntil = now + LOCKOUT_MS
      record.since = now
      record.wrong.clear()
    },

    succeeded(address, keyDigest) {
      const pair = `${address} ${keyDigest}`
      if (welcome.has(pair)) return
      welcome.add(pair)
      if (welcome.size > REMEMBERED) welcome.delete(welcome.values().next().value ?? '')
    },
  }
}
