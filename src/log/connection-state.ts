import type { NatsConnection } from '@nats-io/nats-core'
import { YujingError } from '../model/errors.ts'
import { asLogFailure } from './failures.ts'

/** Called after each reconnect; `restarted`: the server is another process than before, so what it kept in memory is gone. */
export type ReconnectListener = (restarted: boolean) => void

/** Whether the server answers at this moment, and what is to be done when it comes back. */
export interface ConnectionState {
  connected(): boolean
  /** Closed for good, by us. */
  closed(): boolean
  /** Answers with a function that ends the subscription. */
  onReconnect(listener: ReconnectListener): () => void
  /**
   * Sends at once (before this returns) and answers, failures in the words of the model. `log.unavailable` at once when
   * there is no connection, and as soon as it breaks: the client would drop what is sent and let its sender wait for the
   * whole timeout, and an answer that was on its way never comes.
   */
  ask<T>(send: () => Promise<T>): Promise<T>
}

/** Follows a connection until it is closed. */
export function followConnection(connection: NatsConnection): ConnectionState {
  const listeners = new Set<ReconnectListener>()
  const waiting = new Set<() => void>()
  let connected = true
  let serverId = connection.info?.server_id

  const lose = () => {
    connected = false
    for (const abandon of [...waiting]) abandon()
  }
  const follow = async () => {
    for await (const status of connection.status()) {
      if (status.type === 'disconnect') lose()
      if (status.type === 'reconnect') {
        const restarted = connection.info?.server_id !== serverId
        serverId = connection.info?.server_id
        connected = true
        for (const listener of [...listeners]) listener(restarted)
      }
    }
    lose()
  }
  follow()

  return {
    connected: () => connected,
    closed: () => connection.isClosed(),
    onReconnect(listener) {
      // Wrapped: the same function given twice is called twice.
      const own: ReconnectListener = (restarted) => listener(restarted)
      listeners.add(own)
      return () => listeners.delete(own)
    },
    async ask(send) {
      if (!connected) throw new YujingError('log.unavailable')
      let abandon = () => {}
      const lost = new Promise<never>((_, reject) => {
        abandon = () => reject(new YujingError('log.unavailable'))
        waiting.add(abandon)
      })
      try {
        return await Promise.race([send(), lost])
      } catch (error) {
        throw asLogFailure(error)
      } finally {
        waiting.delete(abandon)
      }
    },
  }
}
