import { connect, type Socket } from 'node:net'

/** An answer read from the wire. */
export interface WireAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface WireRequest {
  readonly method: string
  readonly path: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Buffer
}

/** Longest wait for an answer before the connection counts as hanging. */
const PATIENCE_MS = 30_000

/** Writes a request byte for byte and reads the answer; null when the connection was closed without one. */
export function exchange(url: string, request: WireRequest): Promise<WireAnswer | null> {
  const { host } = new URL(url)
  const { method, path, headers, body } = request
  const lines = [
    `${method} ${path} HTTP/1.1`,
    `Host: ${host}`,
    'Connection: close',
    `Content-Length: ${body.length}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ]
  return converse(url, [Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body])
}

/** Opens a connection, writes bytes, and reads until the other side closes. */
export function converse(url: string, parts: readonly (string | Buffer)[], patienceMs = PATIENCE_MS) {
  return new Promise<WireAnswer | null>((resolve, reject) => {
    const socket = open(url)
    const chunks: Buffer[] = []
    const late = setTimeout(() => socket.destroy(new Error(`no end of the answer within ${patienceMs} ms`)), patienceMs)
    socket.on('connect', () => {
      for (const part of parts) socket.write(part)
    })
    socket.on('data', (chunk) => {
      chunks.push(chunk)
      // Answered and kept open: what follows the answer is nobody's.
      if (isWhole(Buffer.concat(chunks).toString('latin1'))) socket.end()
    })
    let failure: Error | null = null
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // The other side may well hang up on what we send.
      if (error.code !== 'EPIPE' && error.code !== 'ECONNRESET') failure = error
    })
    socket.on('close', () => {
      clearTimeout(late)
      if (failure) return reject(failure)
      resolve(chunks.length === 0 ? null : parse(Buffer.concat(chunks)))
    })
  })
}

/** A bare connection to the service. */
export function open(url: string): Socket {
  const { hostname, port } = new URL(url)
  return connect(Number(port), hostname)
}

function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return false
  const length = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, end))?.[1]
  if (length !== undefined) return text.length >= end + 4 + Number(length)
  return text.endsWith('\r\n0\r\n\r\n')
}

function parse(bytes: Buffer): WireAnswer {
  const text = bytes.toString('latin1')
  const end = text.indexOf('\r\n\r\n')
  const [first = '', ...lines] = text.slice(0, end).split('\r\n')
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  )
  const rest = bytes.subarray(end + 4)
  const body = /chunked/i.test(headers['transfer-encoding'] ?? '') ? unchunk(rest) : rest
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1] ?? 0), headers, body: body.toString('utf8') }
}

function unchunk(bytes: Buffer): Buffer {
  const parts: Buffer[] = []
  for (let at = 0; ; ) {
    const end = bytes.indexOf('\r\n', at)
    const length = end < 0 ? 0 : Number.parseInt(bytes.subarray(at, end).toString('latin1'), 16)
    if (!(length > 0)) return Buffer.concat(parts)
    parts.push(bytes.subarray(end + 2, end + 2 + length))
    at = end + 2 + length + 2
  }
}

const HEAD = 'Host: x\r\n'

/** Bytes that are hardly HTTP, by name. Each is answered in our words or cut off. */
export const WIRE_CASES: readonly (readonly [name: string, bytes: string])[] = [
  ['nothing but zeros', '\0\0\0\0\r\n\r\n'],
  ['a TLS hello', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['HTTP/9.9', `GET / HTTP/9.9\r\n${HEAD}\r\n`],
  ['no host', 'GET /healthz HTTP/1.1\r\n\r\n'],
  ['a flood of headers', `GET / HTTP/1.1\r\n${HEAD}${'a: b\r\n'.repeat(20_000)}\r\n`],
  ['one endless header', `GET / HTTP/1.1\r\n${HEAD}x: ${'y'.repeat(1_000_000)}\r\n\r\n`],
  ['an endless path', `GET /${'y'.repeat(1_000_000)} HTTP/1.1\r\n${HEAD}\r\n`],
  ['a line end inside a header', `GET / HTTP/1.1\r\n${HEAD}x: a\nb: c\r\n\r\n`],
  ['a zero byte in a header', `GET / HTTP/1.1\r\n${HEAD}x: a\0b\r\n\r\n`],
  ['two lengths', `POST /v1/events HTTP/1.1\r\n${HEAD}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd`],
  [
    'a length and chunks',
    `POST /v1/events HTTP/1.1\r\n${HEAD}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
  ['a negative length', `POST /v1/events HTTP/1.1\r\n${HEAD}Content-Length: -1\r\n\r\n`],
  ['a length beyond numbers', `POST /v1/events HTTP/1.1\r\n${HEAD}Content-Length: ${'9'.repeat(30)}\r\n\r\n`],
  ['chunks of no size', `POST /v1/events HTTP/1.1\r\n${HEAD}Transfer-Encoding: chunked\r\n\r\nzz\r\n`],
  [
    'a flood of chunk extensions',
    `POST /v1/events HTTP/1.1\r\n${HEAD}Transfer-Encoding: chunked\r\n\r\n1;${'x'.repeat(100_000)}\r\na\r\n0\r\n\r\n`,
  ],
  ['an unknown expectation', `POST /v1/events HTTP/1.1\r\n${HEAD}Expect: 200-maybe\r\nContent-Length: 3\r\n\r\nabc`],
  ['an unknown upgrade', `GET /healthz HTTP/1.1\r\n${HEAD}Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n`],
  ['an upgrade without a key', `GET /v1/live HTTP/1.1\r\n${HEAD}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`],
  [
    'an upgrade where there is none',
    `GET /v1/alerts HTTP/1.1\r\n${HEAD}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
  ],
  [
    'an upgrade by POST',
    `POST /v1/live HTTP/1.1\r\n${HEAD}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nContent-Length: 0\r\n\r\n`,
  ],
  ['a tunnel', `CONNECT x:80 HTTP/1.1\r\n${HEAD}\r\n`],
  ['TRACE', `TRACE / HTTP/1.1\r\n${HEAD}\r\n`],
  ['PROPFIND', `PROPFIND /v1/alerts HTTP/1.1\r\n${HEAD}\r\n`],
  ['OPTIONS *', `OPTIONS * HTTP/1.1\r\n${HEAD}\r\n`],
  ['an absolute address', `GET http://elsewhere.example/v1/alerts HTTP/1.1\r\n${HEAD}\r\n`],
  ['a method that is none', `${'G'.repeat(5_000)} / HTTP/1.1\r\n${HEAD}\r\n`],
]
