import type { AllowListEntry } from './allow-list.ts'
import type { CalendarYear } from './calendar.ts'
import type { CanonicalEvent } from './event.ts'

/**
 * Control entries stand in the log between the batches, so that a replay meets every change at the same place. Log time
 * moves to the `at` of each.
 */

/** First append of a writer's term, and of every reconnect to a restarted server. */
export interface WriterControl {
  readonly type: 'yujing.writer'
  readonly data: { readonly instance: string }
}

/** The guarded clock's minute: log time moves to `at` even when no event comes. */
export interface TickControl {
  readonly type: 'yujing.tick'
  readonly data: Record<string, never>
}

/** A detector's parameters from this position on; `version` counts up per detector from 1 (0: the code's defaults). */
export interface ParametersControl {
  readonly type: 'yujing.parameters'
  readonly data: {
    readonly detector: string
    readonly version: number
    readonly parameters: Readonly<Record<string, number>>
    readonly by: string
  }
}

/** The detectors and versions of the code that judges from this position on; written when they differ from the last. */
export interface DetectorsControl {
  readonly type: 'yujing.detectors'
  readonly data: { readonly versions: Readonly<Record<string, number>> }
}

/**
 * An administrator confirmed the wall clock of one process at `wall` (epoch milliseconds) while it was in doubt. Where that
 * lies before `at`, log time stands until the clock has caught up with it. `of` is the home of the process; entries of
 * versions that did not write it confirm nobody's clock any more.
 */
export interface ClockControl {
  readonly type: 'yujing.clock'
  readonly data: { readonly by: string; readonly wall: number; readonly reason: string; readonly of?: string }
}

/** Somebody registered a source or changed what was said of it; the whole stands in the configuration. */
export interface SourceControl {
  readonly type: 'yujing.source'
  readonly data: {
    readonly source: string
    readonly by: string
    /** Members that are other than before; all of a new one. */
    readonly changed: readonly string[]
    readonly strong: boolean
    readonly detectors: readonly string[]
  }
}

/**
 * A source has sent everything that happened before `through` (epoch milliseconds, exclusive). The furthest mark of a
 * source holds: one behind it changes nothing.
 */
export interface CompletenessControl {
  readonly type: 'yujing.completeness'
  readonly data: { readonly source: string; readonly through: number; readonly by: string }
}

/**
 * The whole allow-list from this position on; `version` counts up from 1. What is not in it is judged again.
 */
export interface AllowListControl {
  readonly type: 'yujing.allow-list'
  readonly data: { readonly version: number; readonly entries: readonly AllowListEntry[]; readonly by: string }
}

/** One year of a calendar from this position on; `version` counts up per calendar and year from 1. */
export interface CalendarControl {
  readonly type: 'yujing.calendar'
  readonly data: CalendarYear & { readonly version: number; readonly by: string }
}

/** A correction whose original has not come: it becomes a row once it has, and waits a day of log time at most. */
export interface ParkedControl {
  readonly type: 'yujing.parked'
  readonly data: { readonly event: CanonicalEvent; readonly idHash: string; readonly contentHash: string }
}

/** A parked correction went to quarantine under this code; the same may be sent again. */
export interface ParkingEndedControl {
  readonly type: 'yujing.parking-ended'
  readonly data: { readonly idHash: string; readonly code: string }
}

export type Control =
  | WriterControl
  | TickControl
  | ParametersControl
  | DetectorsControl
  | ClockControl
  | CompletenessControl
  | AllowListControl
  | CalendarControl
  | SourceControl
  | ParkedControl
  | ParkingEndedControl

/** A control entry as it stands in the log: one JSON object, the whole payload of a message on the control subject. */
export type ControlEntry = Control & {
  readonly epoch: string
  readonly seq: number
  /** Guarded clock at the append, epoch milliseconds; log time while the clock is behind it or in doubt. */
  readonly at: number
}
