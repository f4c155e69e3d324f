import type { Alert } from '../../../../src/model/alert.ts'
import { LONGEST_WAIT_MS, waitBeforeAttempt } from './backoff.ts'
import type { Cursor, Pulse, ServerMessage } from './messages.ts'

/**
 * The live feed as a pure state machine: no socket, no timer, no clock, no chance of its own.
 *
 *     idle -start-> loading -loaded-> connecting -opened-> subscribing -hello-> live
 *                      ^                  ^                     |   |             |
 *                      |                  |                  reset closed       closed, silent
 *                      +------------------|---------------------+   |             |
 *                      +--- no cursor ----+------ waiting <---------+-------------+
 *
 * With a cursor a new connection continues after it: nothing is loaded again and nothing is missed.
 */
export type Phase = 'idle' | 'loading' | 'connecting' | 'subscribing' | 'live' | 'waiting' | 'signed-out'

export interface FeedState {
  readonly phase: Phase
  readonly socketOpen: boolean
  /** Everything up to and including it has been applied; null: the list must be loaded first. */
  readonly cursor: Cursor | null
  /** Attempts that failed since the feed was last live. */
  readonly failures: number
  /** When the next attempt starts (epoch ms), in the phase `waiting`. */
  readonly retryAt: number | null
  /** When the present phase began, epoch ms. */
  readonly since: number
  /** When the service was last heard, epoch ms; null before the first word. */
  readonly heardAt: number | null
  readonly pulse: Pulse | null
}

export type FeedInput =
  | { readonly kind: 'start' | 'retry' | 'stop' | 'opened' | 'unauthenticated'; readonly at: number }
  | { readonly kind: 'tick'; readonly at: number; readonly chance: number }
  | { readonly kind: 'loaded'; readonly at: number; readonly cursor: Cursor }
  | { readonly kind: 'load-failed'; readonly at: number; readonly chance: number }
  | { readonly kind: 'message'; readonly at: number; readonly message: ServerMessage }
  | { readonly kind: 'closed'; readonly at: number; readonly code: number; readonly chance: number }

/** What the driver must do, in order. `load` answers with `loaded` or `load-failed`. */
export type FeedEffect =
  | { readonly kind: 'load' | 'open' | 'close' }
  | { readonly kind: 'subscribe'; readonly after: Cursor }
  | { readonly kind: 'apply'; readonly alert: Alert }
  | { readonly kind: 'remove'; readonly id: string }
  | { readonly kind: 'sign-out'; readonly revoked: boolean }

export type Step = readonly [state: FeedState, effects: readonly FeedEffect[]]

/** A pulse comes every 2 s; after this long without a word the connection counts as dead, milliseconds. */
export const DEAD_AFTER_MS = 10_000
/** Close codes of the feed (CONTRACT: live feed). */
const UNAUTHENTICATED = 4001
const FORBIDDEN = 4003
const TOO_SLOW = 4008
const TOO_MANY = 4009
const PROTOCOL_ERROR = 4010

export const IDLE: FeedState = {
  phase: 'idle',
  socketOpen: false,
  cursor: null,
  failures: 0,
  retryAt: null,
  since: 0,
  heardAt: null,
  pulse: null,
}

function enter(state: FeedState, phase: Phase, at: number, change: Partial<FeedState> = {}): FeedState {
  return { ...state, retryAt: null, ...change, phase, since: at }
}

function begin(state: FeedState, at: number): Step {
  const next = { socketOpen: false }
  if (state.cursor === null) return [enter(state, 'loading', at, next), [{ kind: 'load' }]]
  return [enter(state, 'connecting', at, next), [{ kind: 'open' }]]
}

function wait(state: FeedState, at: number, delay: number, effects: readonly FeedEffect[] = []): Step {
  const change = { socketOpen: false, failures: state.failures + 1, retryAt: at + delay }
  return [enter(state, 'waiting', at, change), effects]
}

function signOut(state: FeedState, at: number, revoked: boolean): Step {
  const effects: FeedEffect[] = state.socketOpen || state.phase === 'connecting' ? [{ kind: 'close' }] : []
  return [enter(state, 'signed-out', at, { socketOpen: false }), [...effects, { kind: 'sign-out', revoked }]]
}

function closed(state: FeedState, at: number, code: number, chance: number): Step {
  if (code === UNAUTHENTICATED || code === FORBIDDEN) {
    return signOut({ ...state, socketOpen: false, phase: 'waiting' }, at, code === FORBIDDEN)
  }
  // Another page of the same key took this one's place, or page and service misunderstand each other: do not contend.
  if (code === TOO_MANY || code === PROTOCOL_ERROR) return wait(state, at, LONGEST_WAIT_MS)
  const failures = code === TOO_SLOW ? 0 : state.failures
  return wait({ ...state, failures }, at, waitBeforeAttempt(failures, chance))
}

function advance(cursor: Cursor | null, offset: number): Cursor | null {
  return cursor === null || offset <= cursor.offset ? cursor : { ...cursor, offset }
}

function received(state: FeedState, at: number, message: ServerMessage): Step {
  const heard = { ...state, heardAt: at }
  switch (message.type) {
    case 'hello':
      if (state.phase !== 'subscribing') return [heard, []]
      // A new epoch is followed by `reset`; the cursor moves only by what has been applied.
      return [enter(heard, 'live', at, { failures: 0 }), []]
    case 'reset':
      return [enter(heard, 'loading', at, { cursor: null }), [{ kind: 'load' }]]
    case 'alert':
      return [{ ...heard, cursor: advance(state.cursor, message.offset) }, [{ kind: 'apply', alert: message.alert }]]
    case 'gone':
      return [{ ...heard, cursor: advance(state.cursor, message.offset) }, [{ kind: 'remove', id: message.id }]]
    case 'pulse':
      return [{ ...heard, pulse: message, cursor: advance(state.cursor, message.offset) }, []]
  }
}

function loaded(state: FeedState, at: number, cursor: Cursor): Step {
  // The reader changed a filter meanwhile: the subscription covers all filters and goes on from where it is.
  if (state.phase !== 'loading') return [state.cursor === null ? { ...state, cursor } : state, []]
  const next = { ...state, cursor }
  if (!state.socketOpen) return begin(next, at)
  return [enter(next, 'subscribing', at), [{ kind: 'subscribe', after: cursor }]]
}

function ticked(state: FeedState, at: number, chance: number): Step {
  if (state.phase === 'waiting' && state.retryAt !== null && at >= state.retryAt) return begin(state, at)
  const open = state.phase === 'connecting' || state.phase === 'subscribing' || state.phase === 'live'
  const lastWord = Math.max(state.since, state.heardAt ?? 0)
  if (open && at - lastWord > DEAD_AFTER_MS) {
    return wait(state, at, waitBeforeAttempt(state.failures, chance), [{ kind: 'close' }])
  }
  return [state, []]
}

/** One step: the state after the input, and what is to be done. An input that does not fit the phase changes nothing. */
export function step(state: FeedState, input: FeedInput): Step {
  switch (input.kind) {
    case 'start':
      return state.phase === 'idle' || state.phase === 'signed-out' ? begin(state, input.at) : [state, []]
    case 'retry':
      return state.phase === 'waiting' ? begin(state, input.at) : [state, []]
    case 'stop':
      return [{ ...IDLE, since: input.at }, state.socketOpen || state.phase === 'connecting' ? [{ kind: 'close' }] : []]
    case 'unauthenticated':
      return state.phase === 'idle' || state.phase === 'signed-out' ? [state, []] : signOut(state, input.at, false)
    case 'opened':
      if (state.phase !== 'connecting' || state.cursor === null) return [state, []]
      return [enter(state, 'subscribing', input.at, { socketOpen: true }), [{ kind: 'subscribe', after: state.cursor }]]
    case 'message':
      return state.socketOpen ? received(state, input.at, input.message) : [state, []]
    case 'closed':
      if (state.phase === 'idle' || state.phase === 'signed-out' || state.phase === 'waiting') return [state, []]
      return closed(state, input.at, input.code, input.chance)
    case 'loaded':
      return loaded(state, input.at, input.cursor)
    case 'load-failed':
      if (state.phase !== 'loading') return [state, []]
      return wait(state, input.at, waitBeforeAttempt(state.failures, input.chance), [{ kind: 'close' }])
    case 'tick':
      return ticked(state, input.at, input.chance)
  }
}
