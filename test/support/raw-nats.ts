import { connect, type Socket } from 'node:net'
import { eventually } from './service.ts'

/** The protocol of NATS by hand, over a plain socket: what a source system without a library writes. */
export interface RawNats {
  /** Everything the server has said so far. */
  heard(): string
  send(text: string | Buffer): void
  /** Publishes with headers; `reply` gets the acknowledgement of JetStream. */
  publish(subject: string, headers: Readonly<Record<string, string>>, payload: string, reply?: string): void
  /** Resolves when the server has said what fits. */
  hears(what: RegExp): Promise<RegExpExecArray>
  isClosed(): boolean
  close(): void
}

export async function connectByHand(url: string, user: string, password: string): Promise<RawNats> {
  const { hostname, port } = new URL(url)
  const socket: Socket = connect(Number(port), hostname)
  let text = ''
  let closed = false
  socket.on('data', (data) => {
    text += data.toString('utf8')
    if (data.includes('PING\r\n')) socket.write('PONG\r\n')
  })
  socket.on('error', () => {})
  socket.once('close', () => {
    closed = true
  })
  const hears = (what: RegExp) => eventually(`${what} from NATS`, async () => what.exec(text), 30_000)
  await hears(/^INFO .*\r\n/)
  const options = {
    verbose: false,
    pedantic: false,
    headers: true,
    lang: 'by-hand',
    version: '1',
    user,
    pass: password,
  }
  socket.write(`CONNECT ${JSON.stringify(options)}\r\nPING\r\n`)
  await hears(/PONG\r\n|-ERR/)
  return {
    heard: () => text,
    send: (written) => void socket.write(written),
    publish(subject, headers, payload, reply = '') {
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
      const head = `NATS/1.0\r\n${lines.join('')}\r\n`
      const [headBytes, bytes] = [Buffer.byteLength(head), Buffer.byteLength(payload)]
      socket.write(`HPUB ${subject} ${reply} ${headBytes} ${headBytes + bytes}\r\n${head}${payload}\r\n`)
    },
    hears,
    isClosed: () => closed,
    close: () => void socket.destroy(),
  }
}
