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
  /** Bytes as sent. */
  readonly bytes: number
}

/** The events of a body, told apart but not read yet. */
export interface SentEvents {
  readonly length: number
  /** As sent: sealed if the event goes to quarantine. */
  text(index: number): string
  read(index: number): RawEvent
}

export interface IngestBody {
  readonly contentType: string | undefined
  readonly contentEncoding: string | undefined
  readonly headers: IngestHeaders
  readonly body: Buffer
}

/** Events told apart at a time, under 2 ms: others must not wait. */
const STRETCH = 1_000

/** A body and what says how to read it. */
export interface SentPart {
  /** Unpacked. */
  readonly body: Uint8Array
  readonly mode: ContentMode
  readonly headers: IngestHeaders
}

/** The events of bodies as if they were one. @throws YujingError `body.*` when one of them cannot be read */
export async function splitAll(
  parts: readonly SentPart[],
  limits: IngestLimits,
  turn: () => Promise<void>,
): Promise<SentEvents> {
  const all: SentEvents[] = []
  for (const part of parts) all.push(await splitBody(part, limits, turn))
  const [only] = all
  if (only !== undefined && all.length === 1) return only
  const places = all.flatMap((of) => Array.from({ length: of.length }, (_, index) => ({ of, index })))
  const at = (index: number) => places[index] as (typeof places)[number]
  return {
    length: places.length,
    text: (index) => at(index).of.text(at(index).index),
    read: (index) => at(index).of.read(at(index).index),
  }
}

/**
 * Takes a body apart into events by its content type.
 *
 * @param turn resolves when the thread may be used for a further stretch
 * @throws YujingError `body.*` when the body as a whole cannot be read
 */
export async function splitBody(
  { body, mode, headers }: SentPart,
  limits: IngestLimits,
  turn: () => Promise<void>,
): Promise<SentEvents> {
  const text = decodeUtf8(Buffer.from(body.buffer, body.byteOffset, body.byteLength))
  switch (mode) {
    case 'structured': {
      const event = readEvent(text, limits)
      if (event.fault?.code === 'event.malformed') throw new YujingError('body.malformed', event.fault.message)
      return { length: 1, text: () => text, read: () => event }
    }
    case 'binary': {
      if (isNestedDeeper(text, limits.nesting)) throw new YujingError('body.malformed', tooDeep(limits))
      const { event, sent } = readBinaryMode(headers, text, limits)
      return { length: 1, text: () => sent, read: () => event }
    }
    case 'batch':
      return many(batchOf(text), limits, turn)
    case 'lines':
      return many(linesOf(text), limits, turn)
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

async function many(parts: Iterable<string>, limits: IngestLimits, turn: () => Promise<void>): Promise<SentEvents> {
  const texts: string[] = []
  for (const text of parts) {
    if (texts.length === limits.eventsPerRequest)
      throw new YujingError('body.too-large', `More than ${limits.eventsPerRequest} events; send smaller batches.`)
    texts.push(text)
    if (texts.length % STRETCH === 0) await turn()
  }
  const textAt = (index: number): string => texts[index] ?? ''
  return { length: texts.length, text: textAt, read: (index) => readEvent(textAt(index), limits) }
}

/** Elements are told apart before they are parsed: so each is measured as sent, and none can grow beyond its limit. */
function* batchOf(text: string): Generator<string> {
  const isWhole = yield* elementsOf(text)
  if (!isWhole) throw new YujingError('body.malformed', 'A batch must be a JSON array of events.')
}

/** What is far over the limit is not even parsed: a text of brackets takes thirty times its length as objects. */
function readEvent(sent: string, limits: IngestLimits): RawEvent {
  const bytes = Buffer.byteLength(sent)
  const faulty = (fault: Refusal): RawEvent => ({ value: undefined, fault, bytes })
  if (bytes > limits.parsedBytes) return faulty(refuse('event.too-large'))
  if (isNestedDeeper(sent, limits.nesting)) return faulty(refuse('event.malformed', tooDeep(limits)))
  try {
    return { value: JSON.parse(sent) as unknown, fault: null, bytes }
  } catch {
    // The message of the parser quotes the text, which may name people.
    return faulty(refuse('event.malformed', 'The text is not JSON; check it with a JSON validator.'))
  }
}

const tooDeep = ({ nesting }: IngestLimits) => `The JSON is nested more than ${nesting} levels deep; send it flatter.`
