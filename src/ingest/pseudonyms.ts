import { createHmac } from 'node:crypto'
import {
  birthYearOf,
  maskEmail,
  maskName,
  maskPhone,
  normaliseEmail,
  normaliseIdNumber,
  normaliseName,
  normalisePhone,
  type PseudonymousContact,
  type PseudonymousPerson,
  type Strength,
} from '../model/person.ts'

/** The event in which a person stands: what weak and given keys are bound to. */
export interface PersonContext {
  readonly source: string
  readonly id: string
  /** Credit code, or ''. */
  readonly subject: string
}

interface PersonAsSent {
  readonly name?: string
  readonly idNumber?: string
  readonly phone?: string
  readonly key?: string
}

export interface PseudonymOptions {
  readonly personKey: Buffer
  /** Whether keys given by a source are as good as an ID number; decided when the source is registered. */
  readonly strongSource: (source: string) => boolean
  readonly cached: number
}

export interface Pseudonyms {
  /** What may be kept of a person; `representative` keeps the year of birth too. */
  person(sent: PersonAsSent, context: PersonContext, representative: boolean): PseudonymousPerson
  /** Null when the text holds no phone number. */
  phone(text: string): PseudonymousContact | null
  /** Null when the text holds no e-mail address. */
  email(text: string): PseudonymousContact | null
  agentKey(text: string): string
}

/**
 * `p1` and the first 128 bits of HMAC-SHA256. Computed keys are held in two generations of half the bound each: when the
 * young one is full, the old one goes. (Taking the oldest out of one full map, one at a time, passes over all that were
 * taken out before: it cost a quarter of the door.)
 */
export function createPseudonyms({ personKey, strongSource, cached }: PseudonymOptions): Pseudonyms {
  let young = new Map<string, string>()
  let old = new Map<string, string>()

  // The parts are joined by a character that no normal form holds, so that no two lists give one text.
  function keyOf(...parts: readonly string[]): string {
    const text = parts.join('\u0000')
    const known = young.get(text)
    if (known !== undefined) return known
    const key = old.get(text) ?? `p1${createHmac('sha256', personKey).update(text).digest('hex').slice(0, 32)}`
    if (young.size >= cached / 2) {
      old = young
      young = new Map()
    }
    young.set(text, key)
    return key
  }

  /** An ID number that is none (a passport, a permit) tells people apart, but a filler such as `0` must join nobody. */
  function identify(sent: PersonAsSent, idNumber: string | null, context: PersonContext): [string, Strength] | null {
    if (idNumber !== null) return [keyOf('id', idNumber), 'strong']
    if (sent.key !== undefined) {
      return [keyOf('given', context.source, sent.key), strongSource(context.source) ? 'strong' : 'medium']
    }
    const phone = sent.phone === undefined ? null : normalisePhone(sent.phone)
    if (phone !== null) return [keyOf('phone', phone), 'medium']
    const document = normaliseName(sent.idNumber ?? '').toUpperCase()
    if (document.length >= 6) return [keyOf('document', document), 'medium']
    const name = normaliseName(sent.name ?? '')
    if (name === '') return null
    return [
      context.subject === '' ? keyOf('name', name, context.source, context.id) : keyOf('name', name, context.subject),
      'weak',
    ]
  }

  return {
    person(sent, context, representative) {
      const idNumber = sent.idNumber === undefined ? null : normaliseIdNumber(sent.idNumber)
      const identity = identify(sent, idNumber, context)
      return {
        ...(representative && idNumber !== null ? { birthYear: birthYearOf(idNumber) } : {}),
        ...(identity === null ? {} : { key: identity[0] }),
        ...(sent.name === undefined ? {} : { name: maskName(sent.name) }),
        ...(identity === null ? {} : { strength: identity[1] }),
      }
    },
    phone(text) {
      const phone = normalisePhone(text)
      return phone === null ? null : { key: keyOf('phone', phone), masked: maskPhone(phone) }
    },
    email(text) {
      const email = normaliseEmail(text)
      return email === null ? null : { key: keyOf('email', email), masked: maskEmail(email) }
    },
    agentKey: (text) => keyOf('agent', normaliseName(text)),
  }
}
