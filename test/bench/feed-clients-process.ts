/** Many clients of the live feed in a process of their own: they read what comes and count it. */
import WebSocket from 'ws'
import type { ClientsOrder, FromClients } from './feed-clients.ts'

const say = (message: FromClients) => process.send?.(message)

process.once('message', (order: ClientsOrder) => void watch(order))
process.once('disconnect', () => process.exit(1))

async function watch({ url, keys, clients }: ClientsOrder): Promise<void> {
  let frames = 0
  let closed = 0
  const sockets = Array.from({ length: clients }, (_, number) => {
    const key = keys[number % keys.length] as string
    const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/live`, {
      headers: { authorization: `Bearer ${key}` },
    })
    socket.on('open', () => socket.send(JSON.stringify({ type: 'subscribe' })))
    socket.on('message', () => (frames += 1))
    socket.on('close', () => (closed += 1))
    // A close follows, and is counted.
    socket.on('error', () => {})
    return socket
  })
  await Promise.all(
    sockets.map((socket) => new Promise((resolve) => socket.once('message', resolve).once('close', resolve))),
  )
  say({ type: 'ready', open: clients - closed })
  setInterval(() => {
    const { user, system } = process.cpuUsage()
    say({ type: 'counts', frames, closed, cpu: (user + system) / 1e6 })
  }, 500)
}
