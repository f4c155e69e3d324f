import { resolveCounty } from '../model/area.ts'
import { belongsToLogAlone, CATALOGUE, type EventType, isEventType } from '../model/catalogue/catalogue.ts'
import { creditCodeFault } from '../model/credit-code.ts'
import type { CanonicalEvent } from '../model/event.ts'
import { parseIndustry } from '../model/industry.ts'
import type { RawEvent } from './body.ts'
import type { TreatmentContext } from './canonical-data.ts'
import type { DataCheck } from './data-check.ts'
import { type Envelope, readEnvelope } from './envelope.ts'
import { parseEventTime } from './event-time.ts'
import type { IngestLimits } from './limits.ts'
import type { Pseudonyms } from './pseudonyms.ts'
import { type Refusal, refuse } from './refusal.ts'
import { type IngestRights, missingRight } from './rights.ts'

/** An event in canonical form and how many members of it were dropped, or why it stays outside. */
export type Admission = { readonly event: CanonicalEvent; readonly dropped: number } | { readonly refusal: Refusal }

export interface Gate {
  readonly checks: ReadonlyMap<EventType, DataCheck>
  readonly pseudonyms: Pseudonyms
  readonly limits: IngestLimits
}

/** A person by key alone grows most: `{"key":"a"}` becomes key and strength, and a key of the event beside. */
const MOST_GROWTH = 6

/** Judges one event: the checks stand in the order of the contract, the first that fails speaks. */
export function admit(raw: RawEvent, rights: IngestRights, now: number, gate: Gate): Admission {
  if (raw.fault !== null) return { refusal: raw.fault }
  const envelope = readEnvelope(raw.value)
  if ('code' in envelope) return { refusal: envelope }
  const type = envelope.type
  if (!isEventType(type)) return { refusal: unknownType(type) }
  if (raw.bytes > gate.limits.eventBytes) return { refusal: refuse('event.too-large') }
  const subject = subjectOf(envelope, type)
  if (typeof subject !== 'string') return { refusal: subject }
  const region = regionOf(envelope)
  if ('code' in region) return { refusal: region }
  const industry = industryOf(envelope)
  if (typeof industry !== 'string') return { refusal: industry }
  const time = timeOf(envelope, now, gate.limits)
  if (typeof time !== 'number') return { refusal: time }
  const check = gate.checks.get(type)
  const fault = check?.fault(envelope.data) ?? null
  if (check === undefined || fault !== null) return { refusal: refuse('data.invalid', fault ?? undefined) }
  const { source, id, backfill, test, retracts } = envelope
  const treatment: TreatmentContext = { pseudonyms: gate.pseudonyms, person: { source, id, subject }, dropped: 0 }
  const data = check.treat(envelope.data, treatment) as Record<string, unknown>
  if (raw.bytes * MOST_GROWTH > gate.limits.canonicalBytes && byteLength(data) > gate.limits.canonicalBytes) {
    return {
      refusal: refuse('event.too-large', 'The event grows too large in canonical form; send fewer list members.'),
    }
  }
  const event = { source, id, type, subject, time, ...region, industry, backfill, test, retracts, data }
  const missing = missingRight(rights, event)
  return missing === null ? { event, dropped: treatment.dropped } : { refusal: refuse('source.forbidden', missing) }
}

function byteLength(data: object): number {
  return Buffer.byteLength(JSON.stringify(data))
}

function unknownType(type: string): Refusal {
  return belongsToLogAlone(type)
    ? refuse('event.type-unknown', 'This type belongs to the log alone and cannot be sent.')
    : refuse('event.type-unknown', 'The type is not in the catalogue; look for a typing error.')
}

function subjectOf({ subject, data }: Envelope, type: EventType): string | Refusal {
  const rule = CATALOGUE[type].subject
  if (subject === undefined || subject === '') {
    if (rule === 'none' || rule === 'optional') return ''
    if (rule === 'required') {
      return refuse('subject.missing', `${type} needs the subject: the unified social credit code of the enterprise.`)
    }
    const named = typeof data === 'object' && data !== null && Object.hasOwn(data, 'respondent')
    return named ? '' : refuse('subject.missing', 'Send the subject (credit code), or data.respondent with a name.')
  }
  if (rule === 'none')
    return refuse('subject.malformed', `${type} concerns a person and takes no subject; leave it out.`)
  if (typeof subject !== 'string') return refuse('subject.malformed')
  const fault = creditCodeFault(subject)
  if (fault === null) return subject
  return refuse(fault === 'malformed' ? 'subject.malformed' : 'subject.check-character')
}

function regionOf({ region }: Envelope): Pick<CanonicalEvent, 'region' | 'regionOriginal'> | Refusal {
  if (typeof region !== 'string')
    return refuse('region.unknown', 'region is required: a GB/T 2260 county code as text.')
  const county = resolveCounty(region)
  switch (county.kind) {
    case 'county':
      return { region: county.code, regionOriginal: county.original }
    case 'divided': {
      const now = county.now.join(', ')
      return refuse('region.unknown', `The county was divided in ${county.abolished}; send one of ${now}.`)
    }
    case 'unknown':
      return refuse('region.unknown')
  }
}

function industryOf({ industry }: Envelope): string | Refusal {
  if (industry === undefined || industry === '') return ''
  const digits = typeof industry === 'string' ? parseIndustry(industry) : null
  return digits ?? refuse('industry.unknown')
}

function timeOf({ time }: Envelope, now: number, limits: IngestLimits): number | Refusal {
  const parsed = typeof time === 'string' ? parseEventTime(time) : null
  if (parsed === null) return refuse('time.malformed')
  if (parsed > now + limits.aheadMs) return refuse('time.future')
  return parsed < limits.earliest ? refuse('time.ancient') : parsed
}
