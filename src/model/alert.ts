import type { AlertPlaces } from './alert-places.ts'
import type { EventRef, SubjectKind } from './event.ts'
import type { Bilingual, Level, Measure } from './level.ts'
import type { LocalPosition, Position } from './position.ts'

export const ALERT_STATUSES = ['open', 'acknowledged', 'handling', 'closed', 'dismissed'] as const
export type AlertStatus = (typeof ALERT_STATUSES)[number]

export const OUTCOMES = ['confirmed', 'partly', 'false-alarm', 'unreachable', 'deregistered', 'transferred'] as const
export type Outcome = (typeof OUTCOMES)[number] | 'withdrawn'

/** How an alert was looked into: on the spot, by phone, in writing. */
export const VERIFICATION_MANNERS = ['on-site', 'phone', 'writing'] as const

/** One line of an alert's history. `by` is an identity's id, or `system`. */
export interface HistoryEntry {
  readonly at: string
  readonly by: string
  readonly action: string
  readonly note?: string
  /** What the action said in words of closed sets, and to whom the alert was given (null: to nobody). */
  readonly detail?: {
    readonly assignee?: string | null
    readonly manner?: (typeof VERIFICATION_MANNERS)[number]
    readonly measure?: Measure
    readonly outcome?: (typeof OUTCOMES)[number]
  }
  readonly from?: AlertStatus
  readonly to?: AlertStatus
}

export interface AlertEvidence {
  readonly observed: number
  readonly expected: number | null
  readonly threshold: number
  /** RFC 3339 +08:00, half-open [from, to). */
  readonly from: string
  readonly to: string
  readonly probability: number | null
  /** Newest first, at most 64. */
  readonly events: readonly EventRef[]
  readonly eventsTotal: number
  /** Of the newest 64, those whose source and id are not resolved yet. */
  readonly eventsPending: number
  readonly position: Position
  /** The instant whose coming made the finding (RFC 3339), null: an event did. Absent in older alerts. */
  readonly due?: string | null
  /** Start of the bin (RFC 3339) and count, oldest first. */
  readonly series: readonly (readonly [string, number])[]
  readonly params: Readonly<Record<string, number>>
  readonly reason: string
}

/** An alert as the outside sees it (CONTRACT: Alert). Times are RFC 3339 in +08:00. */
export interface Alert {
  readonly id: string
  /** KV revision = feed offset of the last change. */
  readonly revision: number
  readonly status: AlertStatus
  /** Finer stage inside the status; equals the status until later stages exist. */
  readonly stage: string
  readonly historic: boolean
  readonly test: boolean
  /** Id of the alert of the same detector and key before this one, or null. */
  readonly previous: string | null
  readonly level: Level
  readonly detector: string
  readonly detectorVersion: number
  readonly code: string
  readonly title: Bilingual
  readonly summary: Bilingual
  readonly subject: {
    readonly kind: SubjectKind
    readonly key: string
    readonly name: string
    readonly enterprises: readonly string[]
    /** Enterprises outside the reader's scope. */
    readonly hidden: number
  }
  readonly region: string
  readonly regions: readonly string[]
  readonly industry: string
  readonly department: string | null
  readonly office: string | null
  readonly riskClass: string | null
  readonly evidence: AlertEvidence
  readonly recommendation: {
    readonly measure: Measure | null
    readonly tasks: readonly string[]
    readonly because: readonly Bilingual[]
  }
  readonly deadlines: {
    readonly acknowledge: string | null
    readonly verify: string | null
    readonly handle: string | null
  }
  /** Findings applied so far. */
  readonly findings: number
  readonly firstEventTime: string
  readonly lastEventTime: string
  readonly openedAt: string
  readonly updatedAt: string
  readonly assignee: string | null
  readonly measures: readonly string[]
  readonly outcome: Outcome | null
  /** Newest last, at most 50. */
  readonly history: readonly HistoryEntry[]
}

/** An alert as saved: what the outside sees, and what the desk alone needs. `revision` comes from the KV. */
export interface StoredAlert extends Omit<Alert, 'revision'> {
  /** A finding at or before this position is a no-op. */
  readonly appliedPosition: Position
  /** The instant whose coming made that finding, epoch milliseconds; null: an event did. Absent in older alerts. */
  readonly appliedDue?: number | null
  /** Of the finding that opened the alert: orders the alerts of one subject, whatever the desk's clock said. */
  readonly openedPosition: Position
  /** Where the events of the evidence stand in the log, newest first, at most 64: those pending are resolved later. */
  readonly eventPositions: readonly LocalPosition[]
  /** What a correction interrupted when it withdrew the alert: comes back when the verdict holds again. */
  readonly beforeWithdrawal: { readonly status: AlertStatus; readonly outcome: Outcome | null } | null
  /**
   * When the event behind this very change arrived at the door, epoch milliseconds; null when an officer or a lookup
   * changed the alert: then there was no event whose way could be measured.
   */
  readonly receivedAt: number | null
  /** Absent where it was saved before places were kept. */
  readonly places?: AlertPlaces
}
