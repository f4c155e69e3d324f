import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Stands between an importing process and the service, so that the one cannot come to its end before it is wanted. */
export interface HoldingDoor {
  readonly url: string
  /** From now on requests that begin with this event or a later one reach the service, and their answers are kept back. */
  holdFrom(number: number): void
  /** What is kept back since then. */
  held(): { readonly requests: number; readonly events: number }
  /** Lets the answers go, and keeps back no more. */
  release(): void
  close(): Promise<void>
}

/** Opens it before a service. Events are numbered by the digits at the end of their ids. */
export async function openHoldingDoor(target: string): Promise<HoldingDoor> {
  let limit = Number.POSITIVE_INFINITY
  let held = { requests: 0, events: 0 }
  const waiting: (() => void)[] = []

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks).toString('utf8')
    const { authorization = '', 'content-type': type = 'application/json' } = request.headers
    const path = request.url ?? '/'
    const headers = { authorization, 'content-type': type }
    const answer = await fetch(`${target}${path}`, { method: request.method ?? 'POST', headers, body })
    const text = await answer.text()
    const first = path.startsWith('/v1/events') ? Number(/-(\d+)"/.exec(body)?.[1] ?? -1) : -1
    // Whoever was killed waits for no answer.
    if (first >= limit && !request.socket.destroyed) {
      held = { requests: held.requests + 1, events: held.events + body.trimEnd().split('\n').length }
      await new Promise<void>((resolve) => waiting.push(resolve))
    }
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text)
  }

  const server = createServer((request, response) => {
    pass(request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  function holdFrom(number: number): void {
    limit = number
    held = { requests: 0, events: 0 }
    for (const go of waiting.splice(0)) go()
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    holdFrom,
    held: () => held,
    release: () => holdFrom(Number.POSITIVE_INFINITY),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}
