import type { Alert } from '../../../../src/model/alert.ts'
import { type FeedEffect, type FeedInput, type FeedState, IDLE, step } from './machine.ts'
import { type Cursor, parseServerMessage } from './messages.ts'

/** What the driver calls outside: the list, the session, and who watches the state. */
export interface FeedPorts {
  /** Loads the list and gives the feed's place from before it was read. */
  load(): Promise<Cursor>
  apply(alert: Alert): void
  remove(id: string): void
  signOut(revoked: boolean): void
  changed(state: FeedState): void
  now(): number
}

export interface FeedDriver {
  start(): void
  retry(): void
  stop(): void
  unauthenticated(): void
  /** The list was loaded for a reason of the reader's own. */
  loaded(cursor: Cursor): void
}

const TICK_MS = 500

function address(): string {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/v1/live`
}

/** Gives the state machine a socket, a timer, the clock and chance. It decides nothing. */
export function createFeedDriver(ports: FeedPorts): FeedDriver {
  let state: FeedState = IDLE
  let socket: WebSocket | null = null

  function open(): void {
    drop()
    const opened = new WebSocket(address())
    socket = opened
    // A socket that has been given up may still speak: only the present one is heard.
    const heard = (listener: () => void) => {
      if (socket === opened) listener()
    }
    opened.onopen = () => heard(() => put({ kind: 'opened', at: ports.now() }))
    opened.onmessage = (event) =>
      heard(() => {
        const message = typeof event.data === 'string' ? parseServerMessage(event.data) : null
        if (message !== null) put({ kind: 'message', at: ports.now(), message })
      })
    opened.onclose = (event) =>
      heard(() => {
        socket = null
        put({ kind: 'closed', at: ports.now(), code: event.code, chance: Math.random() })
      })
  }

  function drop(): void {
    const dropped = socket
    socket = null
    dropped?.close()
  }

  async function load(): Promise<void> {
    try {
      put({ kind: 'loaded', cursor: await ports.load(), at: ports.now() })
    } catch {
      put({ kind: 'load-failed', at: ports.now(), chance: Math.random() })
    }
  }

  function perform(effect: FeedEffect): void {
    switch (effect.kind) {
      case 'load':
        void load()
        break
      case 'open':
        open()
        break
      case 'close':
        drop()
        break
      case 'subscribe':
        socket?.send(JSON.stringify({ type: 'subscribe', after: effect.after }))
        break
      case 'apply':
        ports.apply(effect.alert)
        break
      case 'remove':
        ports.remove(effect.id)
        break
      case 'sign-out':
        ports.signOut(effect.revoked)
        break
    }
  }

  function put(input: FeedInput): void {
    const [next, effects] = step(state, input)
    if (next !== state) {
      state = next
      ports.changed(state)
    }
    for (const effect of effects) perform(effect)
  }

  setInterval(() => put({ kind: 'tick', at: ports.now(), chance: Math.random() }), TICK_MS)
  addEventListener('online', () => put({ kind: 'retry', at: ports.now() }))
  return {
    start: () => put({ kind: 'start', at: ports.now() }),
    retry: () => put({ kind: 'retry', at: ports.now() }),
    stop: () => put({ kind: 'stop', at: ports.now() }),
    unauthenticated: () => put({ kind: 'unauthenticated', at: ports.now() }),
    loaded: (cursor) => put({ kind: 'loaded', at: ports.now(), cursor }),
  }
}
