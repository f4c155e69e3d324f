import type { Identity } from '../../access/identity.ts'
import { project } from '../../access/projection.ts'
import type { Alert } from '../../model/alert.ts'
import { type AlertFilter, matchesFilter } from '../../model/alert-filter.ts'
import type { Clock } from '../../telemetry/clock.ts'
import { CLOSE } from './close-codes.ts'
import type { FeedBook, FeedChange } from './feed-book-port.ts'
import type { FeedLimits } from './limits.ts'
import { alertFrame, type ResetReason, type ServerMessage, type Subscribe } from './messages.ts'
import type { Transport } from './transport.ts'

/** One client's place in the feed. It keeps no queue: a place in the book is enough to find what is still to be sent. */
export interface Subscriber {
  subscribe(message: Subscribe): void
  /** A change of the book; `before` is what the alert was, or null if it is new. True when the client was told. */
  changed(before: Alert | null, change: FeedChange): boolean
  /** Tells how far it is, and gives up on a client that does not read. */
  pulse(state: Omit<Extract<ServerMessage, { type: 'pulse' }>, 'type' | 'offset'>): void
}

/**
 *     subscribe after 5          changed 9       changed 10
 *     |                          |               |
 *     hello, 6, 7, 8 (drain) ──> 9 (live) ────── too much waiting: behind
 *                                                |   11, 12, 12', ... coalesce in the book
 *                                                flushed ──> 10, 11, 12' (drain) ──> live again
 *
 * All in one thread and without a pause between reading the book and being told of its next change, so there is no gap.
 */
export function createSubscriber(options: {
  transport: Transport
  identity: Identity
  book: FeedBook
  epoch: string
  limits: FeedLimits
  clock: Clock
}): Subscriber {
  const { transport, identity, book, epoch, limits, clock } = options
  let filter: AlertFilter = {}
  /** Everything up to here has been sent; null without a subscription. */
  let offset: number | null = null
  /** Since when the client has more waiting than it may, epoch milliseconds; null while it is live. */
  let behindSince: number | null = null

  const send = (message: ServerMessage, flushed?: () => void) => transport.send(JSON.stringify(message), flushed)

  /** What this client sees of an alert; null when out of scope. */
  const inScope = (alert: Alert | null) => (alert === null ? null : project(identity, alert))

  function sendAlert(seen: Alert): void {
    transport.send(alertFrame(seen), drain)
  }

  /** Something is missing that nobody can tell any more: nothing until the next subscribe. */
  function startOver(reason: ResetReason): void {
    offset = null
    send({ type: 'reset', reason })
  }

  /**
   * Catches up from the book. What it held before is not known here: what does not match is gone, harmlessly so. What
   * left the book while the client was behind is not known either: then it starts over.
   */
  function drain(): void {
    if (offset === null || behindSince === null || transport.waiting() > limits.waitingBytes) return
    if (offset < book.floor()) {
      startOver('too-old')
      return
    }
    const head = book.head()
    const changes = book.changedAfter(offset, limits.changesAtOnce)
    for (const alert of changes) {
      const seen = inScope(alert)
      if (seen !== null && matchesFilter(filter, seen)) sendAlert(seen)
      else if (seen !== null) send({ type: 'gone', offset: alert.revision, id: alert.id }, drain)
      offset = alert.revision
      if (transport.waiting() > limits.waitingBytes) {
        behindSince = clock.now()
        return
      }
    }
    if (changes.length === limits.changesAtOnce) {
      behindSince = clock.now()
      setImmediate(drain)
      return
    }
    offset = Math.max(offset, head)
    behindSince = null
  }

  function whyReset(after: { epoch: string; offset: number }): ResetReason | null {
    if (after.epoch !== epoch) return 'epoch'
    if (after.offset > book.head()) return 'ahead'
    return after.offset < book.floor() ? 'too-old' : null
  }

  return {
    subscribe(message) {
      // Each is answered: who asks on and on and reads nothing would fill the memory.
      if (transport.waiting() > limits.waitingBytes) {
        transport.close(CLOSE.tooSlow, 'too slow; resume by cursor')
        return
      }
      filter = message.filter ?? {}
      const after = message.after ?? null
      const head = book.head()
      send({ type: 'hello', epoch, offset: head, version: 1 })
      const reason = after === null ? null : whyReset(after)
      if (reason !== null) {
        startOver(reason)
        return
      }
      offset = after?.offset ?? head
      behindSince = clock.now()
      drain()
    },

    changed(before, { id, revision, alert }) {
      if (offset === null || behindSince !== null) return false
      if (transport.waiting() > limits.waitingBytes) {
        behindSince = clock.now()
        return false
      }
      offset = revision
      const seen = inScope(alert)
      if (seen !== null && matchesFilter(filter, seen)) {
        sendAlert(seen)
        return true
      }
      const held = inScope(before)
      if (held === null || !matchesFilter(filter, held)) return false
      send({ type: 'gone', offset: revision, id })
      return true
    },

    pulse(state) {
      if (offset === null) return
      if (behindSince !== null && clock.now() - behindSince >= limits.slowMs) {
        transport.close(CLOSE.tooSlow, 'too slow; resume by cursor')
        return
      }
      drain()
      // One that is behind gets no pulse: it would only wait behind the alerts.
      if (behindSince !== null) return
      offset = Math.max(offset, book.head())
      send({ type: 'pulse', offset, ...state })
    },
  }
}
