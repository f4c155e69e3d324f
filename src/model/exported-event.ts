import type { CanonicalEvent } from './event.ts'
import { formatTime } from './time.ts'

/** A CloudEvent as it leaves the house: nobody in it is a person, not even by a pseudonym. */
export interface ExportedEvent {
  readonly specversion: '1.0'
  readonly id: string
  readonly source: string
  readonly type: string
  readonly subject?: string
  /** RFC 3339 in +08:00. */
  readonly time: string
  readonly region: string
  readonly industry?: string
  readonly datacontenttype: 'application/json'
  readonly test?: true
  readonly retracts?: string
  readonly data: Readonly<Record<string, unknown>>
}

/**
 * An event as others may read it: without people, phones, e-mails, agents (whatever has a `key`) and without the free text,
 * in which somebody may be named all the same. Null for history, which is not told as news.
 */
export function exportedEvent(event: CanonicalEvent): ExportedEvent | null {
  if (event.backfill) return null
  return {
    specversion: '1.0',
    id: event.id,
    source: event.source,
    type: event.type,
    ...(event.subject === '' ? {} : { subject: event.subject }),
    time: formatTime(event.time),
    region: event.region,
    ...(event.industry === '' ? {} : { industry: event.industry }),
    datacontenttype: 'application/json',
    ...(event.test ? { test: true } : {}),
    ...(event.retracts === '' ? {} : { retracts: event.retracts }),
    data: withoutPeople(event.data) as Readonly<Record<string, unknown>>,
  }
}

const FREE_TEXT: ReadonlySet<string> = new Set(['text', 'scope'])

function withoutPeople(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPeople).filter((one) => one !== undefined)
  if (typeof value !== 'object' || value === null) return value
  if (Object.hasOwn(value, 'key')) return undefined
  const kept = Object.entries(value).flatMap(([name, member]) => {
    const left = FREE_TEXT.has(name) ? undefined : withoutPeople(member)
    return left === undefined ? [] : [[name, left] as const]
  })
  return Object.fromEntries(kept)
}
