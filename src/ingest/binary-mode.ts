import type { RawEvent } from './body.ts'
import type { IngestLimits } from './limits.ts'
import { type Refusal, refuse } from './refusal.ts'

/** Header names in lower case, as Node gives them. */
export type IngestHeaders = Readonly<Record<string, string | undefined>>

const PREFIX = 'ce-'
/** Attributes that are truth values; in a header they are words. */
const FLAGS: ReadonlySet<string> = new Set(['backfill', 'test'])

export function isBinaryMode(headers: IngestHeaders): boolean {
  return headers['ce-specversion'] !== undefined || headers['ce-type'] !== undefined
}

/** One event, and the whole of it as text, whose attributes stand in `ce-*` headers (percent-encoded UTF-8) and whose body is the data. */
export function readBinaryMode(
  headers: IngestHeaders,
  body: string,
  limits: IngestLimits,
): { event: RawEvent; sent: string } {
  const event: Record<string, unknown> = Object.create(null)
  let fault: Refusal | null = null
  for (const [name, value] of Object.entries(headers)) {
    if (!name.startsWith(PREFIX) || value === undefined) continue
    const decoded = decodeHeader(value)
    if (decoded === null)
      fault ??= malformed('A ce-* header is not percent-encoded UTF-8; encode it as CloudEvents 1.0 says.')
    const attribute = name.slice(PREFIX.length)
    event[attribute] = FLAGS.has(attribute) ? (TRUTH.get(decoded ?? '') ?? decoded) : decoded
  }
  if (Buffer.byteLength(body) > limits.parsedBytes) fault ??= refuse('event.too-large')
  else if (body.trim() !== '') {
    try {
      event.data = JSON.parse(body)
    } catch {
      fault ??= malformed('The body is not JSON; with ce-* headers it must hold the data alone.')
    }
  }
  const sent = JSON.stringify({ ...event, data: event.data ?? body })
  return { event: { value: event, fault, bytes: Buffer.byteLength(sent) }, sent }
}

const malformed = (reason: string): Refusal => refuse('event.malformed', reason)

const TRUTH = new Map([
  ['true', true],
  ['false', false],
])

/** The value of a header: quotes taken off, then percent-decoded; null when that is no UTF-8. */
function decodeHeader(value: string): string | null {
  const quoted = /^"((?:[^"\\]|\\.)*)"$/.exec(value)?.[1]
  try {
    return decodeURIComponent(quoted === undefined ? value : quoted.replace(/\\(.)/g, '$1'))
  } catch {
    return null
  }
}
