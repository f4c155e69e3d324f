import type { Correction } from './correction.ts'
import type { Position } from './position.ts'

/**
 * An event as the door leaves it: validated, people replaced by pseudonyms, free text redacted, unknown members of
 * `data` dropped. Everything behind the door trusts this shape.
 */
export interface CanonicalEvent {
  readonly source: string
  readonly id: string
  readonly type: string
  /** Unified social credit code, or '' where the type allows none. */
  readonly subject: string
  /** Event time, epoch milliseconds. */
  readonly time: number
  /** GB/T 2260 county code of the present jurisdiction, 6 digits, aliases resolved. */
  readonly region: string
  /** The code as sent when an alias was resolved, else ''. */
  readonly regionOriginal: string
  /** GB/T 4754 digits without the section letter (2 to 4), or ''. */
  readonly industry: string
  readonly backfill: boolean
  readonly test: boolean
  /** Id of the event of the same source that this one withdraws or replaces, or ''. */
  readonly retracts: string
  readonly data: Readonly<Record<string, unknown>>
}

/** What kinds of thing a detector, an alert and the history index are keyed by. */
export const KEY_KINDS = ['enterprise', 'address', 'person', 'phone', 'agent', 'area', 'equipment'] as const
export type KeyKind = (typeof KEY_KINDS)[number]

/** What an alert may be about: a key of events, or a source of them. */
export const SUBJECT_KINDS = [...KEY_KINDS, 'source'] as const
export type SubjectKind = (typeof SUBJECT_KINDS)[number]

/**
 * One thing an event touches besides its subject: `[kind, key]`, as stored in `event_keys`. A correction touches the
 * `event` that it corrects too, by the hash of its source and id, and that one's enterprise.
 */
export type EventKey = readonly [kind: KeyKind | 'event', key: string]

/** `ordinary` unless the registration said otherwise; cluster, park: many enterprises at one address are lawful. */
export type AddressKind = 'ordinary' | 'cluster' | 'park' | 'residential'

/** `living` covers in operation and opened; `dormant` is 歇业; `revoked` is 吊销未注销. */
export type EnterpriseStatus = 'living' | 'dormant' | 'revoked' | 'deregistered' | 'cancelled' | 'moved-out'

/** The join keys of an enterprise at one moment. A key that is not known is absent. */
export interface EnterpriseKeys {
  readonly address?: string
  readonly addressKind?: AddressKind
  readonly representative?: string
  readonly phone?: string
  readonly agent?: string
}

/**
 * What the writer's register knew, added to every event of a known enterprise so that the log is self-contained.
 *
 * `joined` and `left` list only what this very event began and ended, in log order: an address is joined when a living
 * enterprise gets it (registration, change of address, move in) and left when it loses it (change, exit). Whoever owns
 * the old address sees the departure through `left`. `now` is the state after the event.
 */
export interface RegisterFacts {
  readonly now?: EnterpriseKeys
  readonly status?: EnterpriseStatus
  readonly joined?: EnterpriseKeys
  readonly left?: EnterpriseKeys
  /** Type code of the enterprise and its industry as last known (the event's own `industry` may be empty). */
  readonly kind?: string
  readonly industry?: string
  /** The event withdraws, replaces or attributes another one. All of the above is what holds once that one is undone. */
  readonly corrects?: Correction
}

/** An event as it stands in the log. */
export interface LoggedEvent extends CanonicalEvent {
  readonly position: Position
  /** Stamped at the door from the guarded clock, epoch milliseconds. */
  readonly receivedAt: number
  readonly register: RegisterFacts
  /** Every address, person, phone, agent, equipment the event touches, those it left included. */
  readonly keys: readonly EventKey[]
}

/** `{source, id}`: unique for ever. */
export interface EventRef {
  readonly source: string
  readonly id: string
}
