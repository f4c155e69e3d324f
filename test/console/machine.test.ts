import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { freshness } from '../../dashboards/console/src/live/freshness.ts'
import {
  DEAD_AFTER_MS,
  type FeedEffect,
  type FeedInput,
  type FeedState,
  IDLE,
  step,
} from '../../dashboards/console/src/live/machine.ts'
import type { ServerMessage } from '../../dashboards/console/src/live/messages.ts'
import { alertOf } from './alerts.ts'

/** A machine with its effects written down; `at` counts in milliseconds from 0. */
function feed() {
  let state = IDLE
  let effects: FeedEffect[] = []
  const put = (input: FeedInput) => {
    const [next, done] = step(state, input)
    state = next
    effects.push(...done)
  }
  return {
    put,
    says: (message: ServerMessage, at: number) => put({ kind: 'message', message, at }),
    get state(): FeedState {
      return state
    },
    /** Effects since the last look. */
    did(): FeedEffect[] {
      const done = effects
      effects = []
      return done
    },
  }
}
const hello = (offset: number, epoch = 'e1'): ServerMessage => ({ type: 'hello', epoch, offset })
const pulse = (offset: number): ServerMessage => ({
  type: 'pulse',
  offset,
  eventsPerSecond: 1,
  lag: 0,
  open: { red: 1, orange: 0, yellow: 0, blue: 0 },
  silentSources: [],
})

function liveFeed() {
  const machine = feed()
  machine.put({ kind: 'start', at: 0 })
  machine.put({ kind: 'loaded', at: 10, cursor: { epoch: 'e1', offset: 7 } })
  machine.put({ kind: 'opened', at: 20 })
  machine.says(hello(9), 30)
  machine.did()
  return machine
}

describe('start', () => {
  test('loads the list, connects, subscribes after the cursor of the list', () => {
    const machine = feed()
    machine.put({ kind: 'start', at: 0 })
    expect(machine.did()).toEqual([{ kind: 'load' }])
    machine.put({ kind: 'loaded', at: 10, cursor: { epoch: 'e1', offset: 7 } })
    expect(machine.did()).toEqual([{ kind: 'open' }])
    machine.put({ kind: 'opened', at: 20 })
    expect(machine.did()).toEqual([{ kind: 'subscribe', after: { epoch: 'e1', offset: 7 } }])
    machine.says(hello(9), 30)
    expect(machine.state.phase).toBe('live')
    // `hello` tells the head; what lies before it is still to come.
    expect(machine.state.cursor).toEqual({ epoch: 'e1', offset: 7 })
  })

  test('a list that cannot be loaded is asked for again', () => {
    const machine = feed()
    machine.put({ kind: 'start', at: 0 })
    machine.put({ kind: 'load-failed', at: 10, chance: 0 })
    expect(machine.state).toMatchObject({ phase: 'waiting', retryAt: 260, failures: 1 })
    machine.did()
    machine.put({ kind: 'tick', at: 259, chance: 0 })
    expect(machine.did()).toEqual([])
    machine.put({ kind: 'tick', at: 260, chance: 0 })
    expect(machine.did()).toEqual([{ kind: 'load' }])
  })
})

describe('while live', () => {
  test('every alert is applied and moves the cursor; a pulse moves it too', () => {
    const machine = liveFeed()
    const alert = alertOf({ id: 'a', revision: 8 })
    machine.says({ type: 'alert', offset: 8, alert }, 40)
    machine.says({ type: 'gone', offset: 9, id: 'b' }, 50)
    expect(machine.did()).toEqual([
      { kind: 'apply', alert },
      { kind: 'remove', id: 'b' },
    ])
    machine.says(pulse(12), 60)
    expect(machine.state.cursor).toEqual({ epoch: 'e1', offset: 12 })
    expect(freshness(machine.state, 1_500)).toEqual({ kind: 'live', pulseAgeSeconds: 1 })
  })

  test('silence is stale first and a dead connection then', () => {
    const machine = liveFeed()
    machine.says(pulse(9), 1_000)
    expect(freshness(machine.state, 7_500)).toEqual({ kind: 'stale', since: 1_000 })
    machine.put({ kind: 'tick', at: 1_000 + DEAD_AFTER_MS, chance: 0 })
    expect(machine.did()).toEqual([])
    machine.put({ kind: 'tick', at: 1_001 + DEAD_AFTER_MS, chance: 0 })
    expect(machine.did()).toEqual([{ kind: 'close' }])
    expect(machine.state.phase).toBe('waiting')
  })
})

describe('a restart of the service', () => {
  test('reconnects after a growing wait and resumes by the cursor, without loading anything', () => {
    const machine = liveFeed()
    machine.says(pulse(9), 1_000)
    machine.put({ kind: 'closed', at: 2_000, code: 1006, chance: 0 })
    expect(freshness(machine.state, 2_000)).toEqual({ kind: 'reconnecting', inSeconds: 1, since: 1_000 })
    machine.put({ kind: 'tick', at: 2_250, chance: 0 })
    expect(machine.did()).toEqual([{ kind: 'open' }])
    machine.put({ kind: 'closed', at: 2_260, code: 1006, chance: 0 })
    expect(machine.state.retryAt).toBe(2_760)
    machine.put({ kind: 'retry', at: 2_300 })
    machine.put({ kind: 'opened', at: 2_400 })
    expect(machine.did()).toEqual([{ kind: 'open' }, { kind: 'subscribe', after: { epoch: 'e1', offset: 9 } }])
    machine.says(hello(10), 2_500)
    expect(machine.state).toMatchObject({ phase: 'live', failures: 0 })
  })

  test('another epoch: the list is loaded again and the open socket subscribes after its cursor', () => {
    const machine = liveFeed()
    machine.says({ type: 'reset', reason: 'epoch' }, 40)
    expect(machine.did()).toEqual([{ kind: 'load' }])
    machine.put({ kind: 'loaded', at: 50, cursor: { epoch: 'e2', offset: 1 } })
    expect(machine.did()).toEqual([{ kind: 'subscribe', after: { epoch: 'e2', offset: 1 } }])
    machine.says(hello(1, 'e2'), 60)
    expect(machine.state).toMatchObject({ phase: 'live', cursor: { epoch: 'e2', offset: 1 } })
  })

  test('the connection breaks while the list is being loaded after a reset', () => {
    const machine = liveFeed()
    machine.says({ type: 'reset', reason: 'ahead' }, 40)
    machine.put({ kind: 'closed', at: 45, code: 1006, chance: 0 })
    machine.put({ kind: 'loaded', at: 50, cursor: { epoch: 'e2', offset: 1 } })
    machine.did()
    machine.put({ kind: 'tick', at: 1_000, chance: 0 })
    expect(machine.did()).toEqual([{ kind: 'open' }])
    expect(machine.state.cursor).toEqual({ epoch: 'e2', offset: 1 })
  })
})

describe('close codes', () => {
  test('4001 and 4003 end at the sign-in; signing in resumes by the cursor', () => {
    for (const code of [4001, 4003]) {
      const machine = liveFeed()
      machine.put({ kind: 'closed', at: 40, code, chance: 0 })
      expect(machine.did()).toEqual([{ kind: 'sign-out', revoked: code === 4003 }])
      machine.put({ kind: 'tick', at: 60_000, chance: 0 })
      expect(machine.did()).toEqual([])
      machine.put({ kind: 'start', at: 61_000 })
      expect(machine.did()).toEqual([{ kind: 'open' }])
    }
  })

  test('4009: another page took the place; this one does not contend', () => {
    const machine = liveFeed()
    machine.put({ kind: 'closed', at: 0, code: 4009, chance: 0 })
    expect(machine.state.retryAt).toBe(15_000)
  })

  test('401 of a request closes the feed and asks to sign in', () => {
    const machine = liveFeed()
    machine.put({ kind: 'unauthenticated', at: 40 })
    expect(machine.did()).toEqual([{ kind: 'close' }, { kind: 'sign-out', revoked: false }])
  })
})

const anyInput: fc.Arbitrary<FeedInput> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('start', 'retry', 'opened', 'unauthenticated', 'stop'),
    at: fc.nat(100_000),
  }) as fc.Arbitrary<FeedInput>,
  fc.record({ kind: fc.constant('tick' as const), at: fc.nat(100_000), chance: fc.constant(0.5) }),
  fc.record({ kind: fc.constant('load-failed' as const), at: fc.nat(100_000), chance: fc.constant(0.5) }),
  fc.record({
    kind: fc.constant('loaded' as const),
    at: fc.nat(100_000),
    cursor: fc.record({ epoch: fc.constantFrom('e1', 'e2'), offset: fc.nat(100) }),
  }),
  fc.record({
    kind: fc.constant('closed' as const),
    at: fc.nat(100_000),
    code: fc.constantFrom(1000, 1006, 4001, 4003, 4008, 4009, 4010),
    chance: fc.constant(0.5),
  }),
  fc.record({
    kind: fc.constant('message' as const),
    at: fc.nat(100_000),
    message: fc.oneof(
      fc.nat(100).map((offset) => pulse(offset)),
      fc.nat(100).map((offset) => hello(offset)),
      fc.constant<ServerMessage>({ type: 'reset', reason: 'epoch' }),
      fc.nat(100).map((offset): ServerMessage => ({ type: 'gone', offset, id: 'x' })),
    ),
  }),
)

test('in any order of inputs: never subscribes without a cursor, never goes back within an epoch, never gets stuck', () => {
  fc.assert(
    fc.property(fc.array(anyInput, { maxLength: 60 }), (inputs) => {
      const machine = feed()
      for (const input of inputs) {
        const before = machine.state
        machine.put(input)
        const { cursor, phase, retryAt, socketOpen } = machine.state
        if (before.cursor !== null && cursor !== null && cursor.epoch === before.cursor.epoch)
          expect(cursor.offset).toBeGreaterThanOrEqual(before.cursor.offset)
        if (phase === 'live' || phase === 'subscribing') expect(socketOpen && cursor !== null).toBe(true)
        expect(retryAt !== null).toBe(phase === 'waiting')
      }
    }),
    { numRuns: 500 },
  )
})
