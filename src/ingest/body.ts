import { isUtf8 } from 'node:buffer'
import { YujingError } from '../model/errors.ts'
import { type IngestHeaders, isBinaryMode, readBinaryMode } from './binary-mode.ts'
import { elementsOf, isNestedDeeper, linesOf } from './json-scan.ts'
import type { IngestLimits } from './limits.ts'
import { type Refusal, refuse } from './refusal.ts'

/** One event of a request before anyone looked into it. */
export interface RawEvent {
  /** The JSON value; undefined when the text was no JSON, or too long to be read. */
  readonly value: unknown
  /** What is wrong already; null when the value is to be judged. */
  readonly fault: Refusal | null
  /** The text as sent: sealed if the event goes to quarantine. */
  readonly text: () => string
  /** Bytes as sent. */
  readonly bytes: number
}

export interface IngestBody {
  readonly contentType: string | undefined
  readonly contentEncoding: string | undefined
  readonly headers: IngestHeaders
  readonly body: Buffer
}

/** Events read at a time, about 2 ms: others must not wait. */
const STRETCH = 250

/**
 * Takes a body apart into events by its content type.
 *
 * @param body unpacked
 * @param turn resolves when the thread may be used for a further stretch
 * @throws YujingError `body.*` when the body as a whole cannot be read
 */
export async function readBody(
  body: Buffer,
  mode: ContentMode,
  headers: IngestHeaders,
  limits: IngestLimits,
  turn: () => Promise<void>,
): Promise<RawEvent[]> {
  const text = decodeUtf8(body)
  switch (mode) {
    case 'structured': {
      const event = readEvent(text, limits)
      if (event.fault?.code === 'event.malformed') throw new YujingError('body.malformed', event.fault.message)
      return [event]
    }
    case 'binary':
      if (isNestedDeeper(text, limits.nesting)) throw new YujingError('body.malformed', tooDeep(limits))
      return [readBinaryMode(headers, text, limits)]
    case 'batch':
      return readMany(batchOf(text), limits, turn)
    case 'lines':
      return readMany(linesOf(text), limits, turn)
  }
}

export type ContentMode = 'structured' | 'batch' | 'lines' | 'binary'

/** How the events stand in the body. @throws YujingError `body.media-type` */
export function contentMode(request: IngestBody): ContentMode {
  const [essence = '', ...parameters] = (request.contentType ?? '').toLowerCase().split(';')
  const charset = parameters.map((parameter) => /^\s*charset\s*=\s*"?([^"]*?)"?\s*$/.exec(parameter)?.[1]).find(Boolean)
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8') {
    throw new YujingError('body.media-type', 'The body must be UTF-8; convert it before sending.')
  }
  const type = essence.trim()
  if (type === 'application/cloudevents+json') return 'structured'
  if (type === 'application/cloudevents-batch+json') return 'batch'
  if (type === 'application/x-ndjson') return 'lines'
  const json = type === '' || type === 'application/json' || /^[\w.-]+\/[\w.-]+\+json$/.test(type)
  if (json && isBinaryMode(request.headers)) return 'binary'
  throw new YujingError('body.media-type')
}

function decodeUtf8(body: Buffer): string {
  if (!isUtf8(body))
    throw new YujingError('body.malformed', 'The body is not UTF-8; check its encoding and its compression.')
  // A mark of the byte order says nothing in UTF-8; some programs write it all the same.
  const marked = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf
  return body.toString('utf8', marked ? 3 : 0)
}

async function readMany(texts: Iterable<string>, limits: IngestLimits, turn: () => Promise<void>): Promise<RawEvent[]> {
  const events: RawEvent[] = []
  for (const text of texts) {
    if (events.length === limits.eventsPerRequest)
      throw new YujingError('body.too-large', `More than ${limits.eventsPerRequest} events; send smaller batches.`)
    events.push(readEvent(text, limits))
    if (events.length % STRETCH === 0) await turn()
  }
  return events
}

/** Elements are told apart before they are parsed: so each is measured as sent, and none can grow beyond its limit. */
function* batchOf(text: string): Generator<string> {
  const isWhole = yield* elementsOf(text)
  if (!isWhole) throw new YujingError('body.malformed', 'A batch must be a JSON array of events.')
}

/** What is far over the limit is not even parsed: a text of brackets takes thirty times its length as objects. */
function readEvent(sent: string, limits: IngestLimits): RawEvent {
  const bytes = Buffer.byteLength(sent)
  const raw = { text: () => sent, bytes }
  const faulty = (fault: Refusal): RawEvent => ({ ...raw, value: undefined, fault })
  if (bytes > limits.parsedBytes) return faulty(refuse('event.too-large'))
  if (isNestedDeeper(sent, limits.nesting)) return faulty(refuse('event.malformed', tooDeep(limits)))
  try {
    return { ...raw, value: JSON.parse(sent) as unknown, fault: null }
  } catch {
    // The message of the parser quotes the text, which may name people.
    return faulty(refuse('event.malformed', 'The text is not JSON; check it with a JSON validator.'))
  }
}

const tooDeep = ({ nesting }: IngestLimits) => `The JSON is nested more than ${nesting} levels deep; send it flatter.`
