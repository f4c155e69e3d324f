import { type Refusal, refuse } from './refusal.ts'

/** The attributes of a CloudEvent, typed but not yet judged by their meaning. An absent one is undefined. */
export interface Envelope {
  readonly source: string
  readonly id: string
  readonly type: string
  readonly subject: unknown
  readonly time: unknown
  readonly region: unknown
  readonly industry: unknown
  readonly backfill: boolean
  readonly test: boolean
  /** '' when the event retracts nothing. */
  readonly retracts: string
  readonly data: unknown
}

/** Visible characters, spaces inside allowed, nothing that cannot be printed or encoded. */
const NAME = /^(?!\s)[^\p{C}]{1,256}(?<!\s)$/u
/** What nearly all names are: told at a tenth of the cost. */
const PLAIN_NAME = /^[!-~]{1,256}$/

function isName(text: string): boolean {
  return PLAIN_NAME.test(text) || NAME.test(text)
}

function own(event: object, name: string): unknown {
  const value: unknown = Object.hasOwn(event, name) ? (event as Record<string, unknown>)[name] : undefined
  return value === null ? undefined : value
}

/** The attribute when it is a proper name, else null: what the answer and the quarantine may repeat. */
export function nameIn(event: unknown, attribute: 'id' | 'source'): string | null {
  if (typeof event !== 'object' || event === null) return null
  const value = own(event, attribute)
  return typeof value === 'string' && isName(value) ? value : null
}

/** Reads the attributes of CloudEvents 1.0 and of our extensions; a refusal is always `event.malformed`. */
export function readEnvelope(event: unknown): Envelope | Refusal {
  if (typeof event !== 'object' || event === null || Array.isArray(event)) {
    return refuse('event.malformed', 'Not a CloudEvent: it must be a JSON object.')
  }
  if (own(event, 'specversion') !== '1.0') return refuse('event.malformed', 'specversion must be the text "1.0".')
  const id = nameIn(event, 'id')
  if (id === null) return refuse('event.malformed', 'id must be a text of 1 to 256 printable characters.')
  const source = nameIn(event, 'source')
  if (source === null) return refuse('event.malformed', 'source must be a text of 1 to 256 printable characters.')
  const type = own(event, 'type')
  if (typeof type !== 'string' || type === '') return refuse('event.malformed', 'type must be a text.')
  const contentType = own(event, 'datacontenttype')
  if (
    contentType !== undefined &&
    !(typeof contentType === 'string' && /^application\/json\b|\+json\b/i.test(contentType))
  ) {
    return refuse('event.malformed', 'datacontenttype must be application/json.')
  }
  if (own(event, 'data_base64') !== undefined) {
    return refuse('event.malformed', 'data_base64 is not taken; send data as JSON.')
  }
  const data = own(event, 'data')
  if (data === undefined) return refuse('event.malformed', 'data is required; send {} when there is nothing to tell.')
  const backfill = own(event, 'backfill') ?? false
  const test = own(event, 'test') ?? false
  if (typeof backfill !== 'boolean' || typeof test !== 'boolean') {
    return refuse('event.malformed', 'backfill and test must be true or false.')
  }
  const retracts = own(event, 'retracts') ?? ''
  if (typeof retracts !== 'string' || (retracts !== '' && !isName(retracts))) {
    return refuse('event.malformed', 'retracts must be the id of an event of the same source.')
  }
  if (retracts === id) return refuse('event.malformed', 'retracts must name another event than this one.')
  if (type === 'event.retracted' && retracts === '') {
    return refuse('event.malformed', 'event.retracted needs the extension retracts: the id of the event to withdraw.')
  }
  const rest = { subject: own(event, 'subject'), time: own(event, 'time'), region: own(event, 'region') }
  return { source, id, type, ...rest, industry: own(event, 'industry'), backfill, test, retracts, data }
}
