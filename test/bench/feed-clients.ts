import { fork } from 'node:child_process'
import { join } from 'node:path'
import { FEED_LIMITS } from '../../src/deliver/websocket/limits.ts'
import { packageRoot } from '../../src/embedded/package-root.ts'
import type { Service } from '../support/service.ts'

export interface ClientsOrder {
  readonly url: string
  readonly keys: readonly string[]
  readonly clients: number
}

export type FromClients =
  | { readonly type: 'ready'; readonly open: number }
  | { readonly type: 'counts'; readonly frames: number; readonly closed: number; readonly cpu: number }

/** Clients of the live feed at work. */
export interface FeedClients {
  /** Frames that all have got, connections that ended though nobody closed them, CPU of their process in seconds. */
  counts(): { readonly frames: number; readonly closed: number; readonly cpu: number }
  stop(): void
}

/** Opens so many connections; resolves when every one of them is subscribed. */
export async function startFeedClients(service: Service, clients: number): Promise<FeedClients> {
  // One key may hold so many connections and no more.
  const keys = Array.from({ length: Math.ceil(clients / FEED_LIMITS.connectionsPerKey) }, async (_, number) => {
    const response = await service.request('/v1/keys', {
      body: JSON.stringify({ role: 'viewer', name: `bench ${number}` }),
      headers: { 'content-type': 'application/json' },
    })
    return ((await response.json()) as { key: string }).key
  })
  const order: ClientsOrder = { url: service.url, keys: await Promise.all(keys), clients }
  const child = fork(join(packageRoot(), 'dist/test/bench/feed-clients-process.js'), { execArgv: [] })
  let counts = { frames: 0, closed: 0, cpu: 0 }
  const open = await new Promise<number>((resolve, reject) => {
    child.once('exit', () => reject(new Error('the feed clients ended')))
    child.on('message', (message: FromClients) => {
      if (message.type === 'ready') resolve(message.open)
      else counts = message
    })
    child.send(order)
  })
  const stop = () => void child.kill('SIGKILL')
  if (open === clients) return { counts: () => counts, stop }
  stop()
  throw new Error(`only ${open} of ${clients} feed clients were let in`)
}
