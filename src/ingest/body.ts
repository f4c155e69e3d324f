import { YujingError } from '../model/errors.ts'
import { type IngestHeaders, isBinaryMode, readBinaryMode } from './binary-mode.ts'
import type { IngestLimits } from './limits.ts'
import { unpack } from './unpack.ts'

/** One event of a request before anyone looked into it. */
export interface RawEvent {
  /** The JSON value; undefined when the line was no JSON. */
  readonly value: unknown
  /** What is wrong already, as a sentence for the source; null when the value is to be judged. */
  readonly fault: string | null
  /** The text as sent (the JSON again for an element of a batch): sealed if the event goes to quarantine. */
  readonly text: () => string
  /** Bytes as sent; an element of a batch counts as compact JSON, and no less than this. */
  readonly bytes: number
}

export interface IngestBody {
  readonly contentType: string | undefined
  readonly contentEncoding: string | undefined
  readonly headers: IngestHeaders
  readonly body: Buffer
}

/**
 * Takes a body apart into events by its content type.
 *
 * @throws YujingError `body.*` when the body as a whole cannot be read
 */
export async function readBody(request: IngestBody, limits: IngestLimits): Promise<RawEvent[]> {
  const mode = contentMode(request)
  const text = decodeUtf8(await unpack(request.body, request.contentEncoding, limits))
  if (mode !== 'lines' && isNestedDeeper(text, limits.nesting)) throw new YujingError('body.malformed', tooDeep(limits))
  switch (mode) {
    case 'structured':
      return [{ value: parse(text), fault: null, text: () => text, bytes: Buffer.byteLength(text) }]
    case 'binary':
      return [readBinaryMode(request.headers, text)]
    case 'batch':
      return readBatch(text, limits.eventBytes)
    case 'lines':
      return readLines(text, limits)
  }
}

type ContentMode = 'structured' | 'batch' | 'lines' | 'binary'

function contentMode(request: IngestBody): ContentMode {
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
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    throw new YujingError('body.malformed', 'The body is not UTF-8; check its encoding and its compression.')
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The message of the parser quotes the body, which may name people.
    throw new YujingError('body.malformed', 'The body is not JSON; check it with a JSON validator.')
  }
}

/** Elements are measured one by one only where the whole batch is long enough to hold one too large. */
function readBatch(text: string, eventBytes: number): RawEvent[] {
  const batch = parse(text)
  if (!Array.isArray(batch)) throw new YujingError('body.malformed', 'A batch must be a JSON array of events.')
  const whole = Buffer.byteLength(text)
  return batch.map((value: unknown) => {
    const again = (): string => JSON.stringify(value)
    return { value, fault: null, text: again, bytes: whole <= eventBytes ? whole : Buffer.byteLength(again()) }
  })
}

function readLines(text: string, limits: IngestLimits): RawEvent[] {
  const events: RawEvent[] = []
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue
    let value: unknown
    let fault: string | null = null
    if (isNestedDeeper(line, limits.nesting)) fault = tooDeep(limits)
    else
      try {
        value = JSON.parse(line)
      } catch {
        fault = 'The line is not JSON; write each event on one line of its own.'
      }
    events.push({ value, fault, text: () => line, bytes: Buffer.byteLength(line) })
  }
  return events
}

const tooDeep = ({ nesting }: IngestLimits) => `The JSON is nested more than ${nesting} levels deep; send it flatter.`

/** Whether arrays and objects of a JSON text stand deeper inside one another; found before anything recursive sees it. */
function isNestedDeeper(text: string, most: number): boolean {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case '"':
        while (++at < text.length && text[at] !== '"') if (text[at] === '\\') at++
        break
      case '{':
      case '[':
        if (++depth > most) return true
        break
      case '}':
      case ']':
        depth--
    }
  }
  return false
}
