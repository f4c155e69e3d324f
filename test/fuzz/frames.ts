import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import fc from 'fast-check'
import { PERSON } from './marks.ts'
import { open } from './wire.ts'

/** A frame byte for byte: right, wrong, or only begun. */
function frame(parts: { first: number; masked: boolean; declared: bigint | null; payload: Buffer }): Buffer {
  const { first, masked, payload } = parts
  const length = parts.declared ?? BigInt(payload.length)
  const mask = masked ? 0x80 : 0
  const head =
    length < 126n
      ? Buffer.of(first, mask | Number(length))
      : length < 65_536n
        ? Buffer.of(first, mask | 126, Number(length >> 8n), Number(length & 255n))
        : Buffer.concat([
            Buffer.of(first, mask | 127),
            Buffer.from(BigInt.asUintN(64, length).toString(16).padStart(16, '0'), 'hex'),
          ])
  return masked ? Buffer.concat([head, Buffer.alloc(4), payload]) : Buffer.concat([head, payload])
}

const messages = fc.oneof(
  fc.constantFrom(
    '{"type":"subscribe"}',
    '{"type":"subscribe","after":{"epoch":"x","offset":0}}',
    '{"type":"subscribe","after":{"epoch":"x","offset":1e400}}',
    '{"type":"subscribe","after":{"epoch":"x","offset":-1}}',
    '{"type":"subscribe","filter":{"__proto__":[]}}',
    '{"type":"__proto__"}',
    `{"type":"subscribe","filter":{"regions":["${PERSON.name}"]}}`,
    '[',
    '',
    '"\\ud800"',
    `${'['.repeat(20_000)}`,
    `{"type":"subscribe","filter":{"regions":[${Array(500).fill('"140000"').join()}]}}`,
  ),
  fc.jsonValue().map((value) => JSON.stringify(value)),
)
const payload = fc.oneof(
  { weight: 3, arbitrary: messages.map((text) => Buffer.from(text)) },
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc.constantFrom(
    Buffer.from([0x03, 0xe8]),
    Buffer.from([0xff, 0xff]),
    Buffer.from([0xed, 0xa0, 0x80]),
    Buffer.alloc(70_000, 0x61),
  ),
)
/** First byte: mostly text that ends, else any opcode with any reserved bits, ended or not. */
const first = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0x81) },
  fc.constantFrom(0x01, 0x80, 0x82, 0x88, 0x89, 0x8a, 0x09),
  fc.nat(255),
)
const declared = fc.oneof(
  { weight: 8, arbitrary: fc.constant(null) },
  fc.constantFrom(0n, 126n, 70_000n, 2n ** 32n, 2n ** 63n, 2n ** 64n - 1n),
)
const masked = fc.oneof({ weight: 8, arbitrary: fc.constant(true) }, fc.constant(false))

/** What one connection says. */
export const conversations: fc.Arbitrary<Buffer[]> = fc.array(
  fc.record({ first, masked, declared, payload }).map(frame),
  { minLength: 1, maxLength: 6 },
)

/** Opens the live feed, says the frames, and hangs up once the other side has or nothing more comes. */
export function say(url: string, key: string, frames: readonly Buffer[]): Promise<void> {
  return new Promise((resolve) => {
    const socket: Socket = open(url)
    const lines = [
      'GET /v1/live HTTP/1.1',
      'Host: x',
      `Authorization: Bearer ${key}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    ]
    socket.write(`${lines.join('\r\n')}\r\n\r\n`)
    let quiet: NodeJS.Timeout | undefined
    socket.on('data', () => {
      clearTimeout(quiet)
      quiet = setTimeout(() => socket.destroy(), 20)
    })
    socket.once('data', () => {
      for (const bytes of frames) socket.write(bytes)
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      clearTimeout(quiet)
      resolve()
    })
  })
}
