import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** A way to a server that can be cut and mended: the address stays. */
export interface Gateway {
  readonly url: string
  /** From now on connections go through. */
  open(): Promise<void>
  /** Cuts what is under way; nobody answers at the address any more. */
  close(): Promise<void>
}

/** A gateway to an HTTP server, closed at first. */
export async function createGateway(target: string): Promise<Gateway> {
  const { hostname, port: targetPort } = new URL(target)
  const sockets = new Set<Socket>()
  let server: Server | null = null

  function listen(port: number): Promise<Server> {
    const listening = createServer((socket) => {
      const onward = connect(Number(targetPort), hostname)
      for (const one of [socket, onward]) {
        sockets.add(one)
        one.on('error', () => one.destroy())
        one.on('close', () => sockets.delete(one))
      }
      socket.pipe(onward).pipe(socket)
    })
    return new Promise((resolve, reject) => {
      listening.once('error', reject)
      listening.listen(port, '127.0.0.1', () => resolve(listening))
    })
  }

  async function close(): Promise<void> {
    const closing = server
    server = null
    if (closing === null) return
    const closed = new Promise((resolve) => closing.close(resolve))
    for (const socket of sockets) socket.destroy()
    await closed
  }

  server = await listen(0)
  const { port } = server.address() as AddressInfo
  await close()
  return {
    url: `http://127.0.0.1:${port}`,
    async open() {
      server ??= await listen(port)
    },
    close,
  }
}
