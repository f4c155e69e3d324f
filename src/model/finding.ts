import type { CorrectionKind } from './correction.ts'
import type { EventRef, SubjectKind } from './event.ts'
import type { Bilingual, Level } from './level.ts'
import type { Position } from './position.ts'

/**
 * Why a finding was sent: the episode opened; its level changed; the number observed grew by the square root of two
 * since the last finding; the first fulfilling event of a new business day; a correction changed the numbers; the newest
 * window no longer fulfils the trigger (the episode may continue); a correction took the verdict away.
 */
export const FINDING_KINDS = ['open', 'level', 'growth', 'day', 'correction', 'end', 'withdrawn'] as const
export type FindingKind = (typeof FINDING_KINDS)[number]

/** Numbers behind a verdict. Bounds are epoch milliseconds, half-open [from, to). */
export interface FindingEvidence {
  readonly observed: number
  readonly expected: number | null
  readonly threshold: number
  readonly probability: number | null
  readonly from: number
  readonly to: number
  /** Bins for the chart: start of the bin (epoch milliseconds) and count, oldest first. */
  readonly series: readonly (readonly [number, number])[]
  /** Which trigger of the detector spoke, a word of the detector's own closed set. */
  readonly reason: string
  /** Positions of the newest 64 contributing events, newest first. */
  readonly events: readonly { readonly seq: number; readonly index: number }[]
  /** How many events contribute in all. */
  readonly eventsTotal: number
  /** The numbers count what the log held up to and including this position. */
  readonly position: Position
}

/** The correction of an event behind a finding: it changed the numbers, or took the verdict away. */
export interface FindingCorrection {
  readonly kind: CorrectionKind
  /** The event that no longer stands, and the one that says so. */
  readonly of: EventRef
  readonly by: EventRef
  /** The source's words, '' for none. */
  readonly reason: string
  /** The gravest level that the episode reached before and reaches now; null when that stays as it was, or is not known. */
  readonly level: { readonly before: Level; readonly after: Level } | null
}

/** What detection says of one key at one position; a function of the log alone. */
export interface Finding {
  readonly kind: FindingKind
  /** hash(detector, key, anchor): the same for every finding of an episode. */
  readonly alertId: string
  readonly detector: string
  readonly detectorVersion: number
  readonly code: string
  readonly key: { readonly kind: SubjectKind; readonly key: string }
  /** The event whose processing opened the episode. */
  readonly anchor: { readonly source: string; readonly id: string }
  readonly level: Level
  readonly title: Bilingual
  readonly summary: Bilingual
  readonly evidence: FindingEvidence
  /**
   * The instant whose coming made the key be judged (epoch milliseconds), null for an event. Of the findings of one
   * position those of instants come first, in their order, and then that of the event.
   */
  readonly due: number | null
  /** Parameters that were in force, and their version. */
  readonly parameters: Readonly<Record<string, number>>
  readonly parametersVersion: number
  /** Event times over the episode's fulfilling windows, epoch milliseconds; late events move the first, not the id. */
  readonly firstEventTime: number
  readonly lastEventTime: number
  /** County of the event that opened the episode, and all counties touched by its contributing events. */
  readonly region: string
  readonly regions: readonly string[]
  /** Industry as last known, '' if unknown. */
  readonly industry: string
  /** Credit codes concerned, newest first, at most 64; the key itself when it is an enterprise. */
  readonly enterprises: readonly string[]
  /** The opening finding's last event was over 30 days older than log time: decided once, at the opening. */
  readonly historic: boolean
  /** The episode was opened by a test event. */
  readonly test: boolean
  /** Log time at the position, epoch milliseconds. */
  readonly logTime: number
  /** Absent where no event was corrected. */
  readonly correction?: FindingCorrection
  /**
   * The key is in the inventory: it fulfilled the trigger when this version went live. An alert that it has goes on; none
   * opens. Absent otherwise.
   */
  readonly inventory?: true
}
