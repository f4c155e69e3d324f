import { setTimeout as sleep } from 'node:timers/promises'
import WebSocket from 'ws'
import type { Alert } from '../../src/model/alert.ts'
import type { Random } from '../../src/simulate/random.ts'
import type { Service } from '../support/service.ts'

/** A console that never gives up: it keeps what the feed told it, and resumes by cursor. */
export interface Follower {
  /** Every alert as the feed told it last. */
  readonly held: ReadonlyMap<string, Alert>
  /** Offset up to which it has everything. */
  readonly offset: number
  readonly connections: number
  /** What the feed may not do, in words. */
  readonly differences: readonly string[]
  stop(): void
}

interface Told {
  readonly type: 'hello' | 'alert' | 'gone' | 'reset' | 'pulse'
  readonly epoch: string
  readonly offset: number
  readonly reason: string
  readonly alert: Alert
  readonly id: string
}

const RETRY_MS = 200
/** A connection over which nothing comes is given up, as a browser's page does after a few missed pulses. */
const SILENCE_MS = 15_000

/** Follows the feed from now on; hangs up by itself now and then. */
export function follow(service: Service, random: Random): Follower {
  const held = new Map<string, Alert>()
  const differences: string[] = []
  const stopping = new AbortController()
  let cursor: { epoch: string; offset: number } | null = null
  let connections = 0

  async function connectOnce(): Promise<void> {
    const url = `${service.url.replace('http', 'ws')}/v1/live`
    const socket = new WebSocket(url, { headers: { authorization: `Bearer ${service.adminKey}` } })
    const hangUp = () => socket.terminate()
    stopping.signal.addEventListener('abort', hangUp)
    let silence = setTimeout(hangUp, SILENCE_MS)
    const boredom = setTimeout(hangUp, random.between(2_000, 60_000))
    const closed = new Promise<void>((resolve) => {
      socket.on('close', () => resolve())
      socket.on('error', () => resolve())
    })
    socket.on('open', () => {
      connections += 1
      socket.send(JSON.stringify({ type: 'subscribe', ...(cursor && { after: cursor }) }))
    })
    socket.on('message', (data) => {
      clearTimeout(silence)
      silence = setTimeout(hangUp, SILENCE_MS)
      take(JSON.parse(data.toString()) as Told)
    })
    await closed
    socket.terminate()
    clearTimeout(silence)
    clearTimeout(boredom)
    stopping.signal.removeEventListener('abort', hangUp)
  }

  function take(told: Told): void {
    if (told.type === 'hello') {
      cursor ??= { epoch: told.epoch, offset: told.offset }
      if (told.epoch !== cursor.epoch)
        differences.push(`the feed's epoch changed from ${cursor.epoch} to ${told.epoch}`)
    } else if (told.type === 'reset') differences.push(`the feed lost its place: ${told.reason} at ${cursor?.offset}`)
    else if (cursor !== null) {
      if (told.type === 'alert') held.set(told.alert.id, told.alert)
      if (told.type === 'gone') held.delete(told.id)
      if (told.type !== 'pulse' && told.offset <= cursor.offset)
        differences.push(`the feed told offset ${told.offset} after ${cursor.offset}`)
      cursor = { ...cursor, offset: Math.max(cursor.offset, told.offset) }
    }
  }

  const running = async () => {
    while (!stopping.signal.aborted) {
      await connectOnce()
      await sleep(RETRY_MS)
    }
  }
  void running()

  return {
    held,
    differences,
    get offset() {
      return cursor?.offset ?? -1
    },
    get connections() {
      return connections
    },
    stop: () => stopping.abort(),
  }
}
