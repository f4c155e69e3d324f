import type { Grant } from '../../access/access.ts'
import type { Identity } from '../../access/identity.ts'
import { project } from '../../access/projection.ts'
import type { Alert } from '../../model/alert.ts'
import type { Level } from '../../model/level.ts'
import type { Clock } from '../../telemetry/clock.ts'
import type { Metrics } from '../../telemetry/metrics.ts'
import { CLOSE } from './close-codes.ts'
import type { FeedBook, FeedChange } from './feed-book-port.ts'
import type { Freshness } from './freshness-port.ts'
import type { FeedLimits } from './limits.ts'
import { createSubscriber, type Subscriber } from './subscriber.ts'
import type { Transport } from './transport.ts'

export interface HubOptions {
  readonly book: FeedBook
  readonly epoch: string
  readonly freshness: Freshness
  readonly clock: Clock
  readonly metrics: Metrics
  readonly limits: FeedLimits
}

/** All clients of the live feed in this process. */
export interface Hub {
  /** Takes a client in; the oldest of its key goes when there are too many. Returns its place and how to leave. */
  join(grant: Grant, transport: Transport): { subscriber: Subscriber; leave: () => void }
  start(): void
  stop(): void
}

interface Client {
  readonly grant: Grant
  readonly transport: Transport
  readonly subscriber: Subscriber
}

export function createHub(options: HubOptions): Hub {
  const { book, epoch, freshness, clock, metrics, limits } = options
  const clients = new Set<Client>()
  /** What each alert was before its next change: whether a client has to be told that it is gone. */
  const latest = new Map<string, Alert>()
  /** What arrived before, and waited while the service was down, says nothing of the way from the door to a frame. */
  let startedAt = Number.POSITIVE_INFINITY
  let unsubscribe = () => {}
  let timer: NodeJS.Timeout | undefined

  function changed(change: FeedChange): void {
    const { id, alert } = change
    const before = latest.get(id) ?? null
    if (alert === null) latest.delete(id)
    else latest.set(id, alert)
    let told = false
    for (const client of clients) if (client.subscriber.changed(before, change)) told = true
    const receivedAt = told ? book.receivedAt(id) : null
    if (receivedAt !== null && receivedAt >= startedAt)
      metrics.ingestToFeedSeconds.observe(Math.max(0, clock.now() - receivedAt) / 1000)
  }

  function pulse(): void {
    const shared = {
      eventsPerSecond: freshness.eventsPerSecond(),
      lag: freshness.lag(),
      silentSources: freshness.silentSources(),
    }
    // Counted once for all clients of one scope.
    const counts = new Map<string, Readonly<Record<Level, number>>>()
    for (const { grant, transport, subscriber } of clients) {
      const standing = grant.standing()
      if (standing === 'revoked') transport.close(CLOSE.forbidden, 'the key was revoked')
      else if (standing === 'expired') transport.close(CLOSE.unauthenticated, 'the session has ended')
      else subscriber.pulse({ ...shared, open: openWithin(grant.identity, counts) })
    }
  }

  function openWithin(identity: Identity, counts: Map<string, Readonly<Record<Level, number>>>) {
    const scope = `${identity.role} ${identity.areas === 'all' ? 'all' : identity.areas.join()}`
    let open = counts.get(scope)
    if (open === undefined) {
      open = book.openByLevel((alert) => project(identity, alert) !== null)
      counts.set(scope, open)
    }
    return open
  }

  function makeRoom(keyId: string): void {
    const ofKey = [...clients].filter(({ grant }) => grant.identity.id === keyId)
    for (const { transport } of ofKey.slice(0, Math.max(0, ofKey.length - limits.connectionsPerKey))) {
      transport.close(CLOSE.tooMany, `over ${limits.connectionsPerKey} connections of one key`)
    }
  }

  return {
    join(grant, transport) {
      const subscriber = createSubscriber({ transport, identity: grant.identity, book, epoch, limits, clock })
      const client: Client = { grant, transport, subscriber }
      clients.add(client)
      metrics.liveClients.set(clients.size)
      makeRoom(grant.identity.id)
      return {
        subscriber,
        leave() {
          clients.delete(client)
          metrics.liveClients.set(clients.size)
        },
      }
    },
    start() {
      startedAt = clock.now()
      for (const alert of book.changedAfter(0)) latest.set(alert.id, alert)
      unsubscribe = book.subscribe(changed)
      timer = setInterval(pulse, limits.pulseMs)
    },
    stop() {
      unsubscribe()
      clearInterval(timer)
    },
  }
}
