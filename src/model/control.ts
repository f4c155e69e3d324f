/** Control entries stand in the log between the batches, so that a replay meets every change at the same place. */

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

export type Control = WriterControl | TickControl | ParametersControl | DetectorsControl | ClockControl

/** A control entry as it stands in the log: one JSON object, the whole payload of a message on the control subject. */
export type ControlEntry = Control & {
  readonly epoch: string
  readonly seq: number
  /** Guarded clock at the append, epoch milliseconds; log time while the clock is behind it or in doubt. */
  readonly at: number
}
