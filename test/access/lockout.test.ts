import { describe, expect, test } from 'vitest'
import { administrator } from '../../src/access/identity.ts'
import { createLockout, LOCKOUT_MS, LOCKOUT_WINDOW_MS, LOCKOUT_WRONG_KEYS } from '../../src/access/lockout.ts'
import { createTickets, TICKET_MS } from '../../src/access/tickets.ts'

function guessing(times: number) {
  const clock = { time: 0 }
  const lockout = createLockout({ now: () => clock.time })
  for (let guess = 0; guess < times; guess++) lockout.failed('10.0.0.1', `wrong-${guess}`)
  return { clock, lockout }
}

describe('lock-out', () => {
  test('different wrong keys lock their address for a while', () => {
    expect(guessing(LOCKOUT_WRONG_KEYS - 1).lockout.waitMs('10.0.0.1', 'next')).toBe(0)
    const { clock, lockout } = guessing(LOCKOUT_WRONG_KEYS)
    expect(lockout.waitMs('10.0.0.1', 'next')).toBe(LOCKOUT_MS)
    expect(lockout.waitMs('10.0.0.2', 'next')).toBe(0)
    clock.time += LOCKOUT_MS
    expect(lockout.waitMs('10.0.0.1', 'next')).toBe(0)
  })

  test('a machine that repeats one revoked key locks out nobody', () => {
    const { lockout } = guessing(0)
    for (let again = 0; again < 1000; again++) lockout.failed('10.0.0.1', 'revoked')
    expect(lockout.waitMs('10.0.0.1', 'next')).toBe(0)
  })

  test('whoever was right before stays welcome, until they are wrong', () => {
    const { lockout } = guessing(0)
    lockout.succeeded('10.0.0.1', 'right')
    for (let guess = 0; guess < LOCKOUT_WRONG_KEYS; guess++) lockout.failed('10.0.0.1', `wrong-${guess}`)
    expect(lockout.waitMs('10.0.0.1', 'right')).toBe(0)
    expect(lockout.waitMs('10.0.0.1', 'other')).toBe(LOCKOUT_MS)
    lockout.failed('10.0.0.1', 'right')
    expect(lockout.waitMs('10.0.0.1', 'right')).toBe(LOCKOUT_MS)
  })

  test('slow mistakes are forgiven', () => {
    const { clock, lockout } = guessing(LOCKOUT_WRONG_KEYS - 1)
    clock.time += LOCKOUT_WINDOW_MS
    lockout.failed('10.0.0.1', 'one more')
    expect(lockout.waitMs('10.0.0.1', 'next')).toBe(0)
  })
})

describe('tickets', () => {
  test('open once, and not for long', () => {
    const clock = { time: 0 }
    const tickets = createTickets({ now: () => clock.time })
    let standing: 'valid' | 'revoked' = 'valid'
    const grant = { identity: administrator('k', 'k'), keyDigest: 'd', session: null, standing: () => standing }
    const first = tickets.issue(grant)
    expect(tickets.redeem(first)).toBe(grant)
    expect(tickets.redeem(first)).toBeNull()
    const revoked = tickets.issue(grant)
    standing = 'revoked'
    expect(tickets.redeem(revoked)).toBeNull()
    standing = 'valid'
    const late = tickets.issue(grant)
    clock.time += TICKET_MS
    expect(tickets.redeem(late)).toBeNull()
    expect(tickets.redeem('never issued')).toBeNull()
  })
})
