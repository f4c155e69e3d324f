import type { KeyKind } from '../model/event.ts'
import type { Bilingual } from '../model/level.ts'
import type { Position } from '../model/position.ts'

/** A detector as it is shown: what it looks for, and the numbers in force. */
export interface DetectorInfo {
  readonly id: string
  readonly code: string
  readonly version: number
  readonly title: Bilingual
  readonly why: Bilingual
  readonly falsePositives: readonly Bilingual[]
  readonly keyKind: KeyKind
  readonly parametersVersion: number
  readonly parameters: Readonly<
    Record<
      string,
      {
        readonly title: Bilingual
        readonly unit: string
        /** In force. */
        readonly value: number
        readonly default: number
        /** Bounds are inclusive. */
        readonly minimum: number
        readonly maximum: number
        readonly whole?: boolean
      }
    >
  >
}

/** What a backtest is to try: business days `2026-08-01`, half-open [from, to). */
export interface BacktestWanted {
  readonly parameters: Readonly<Record<string, number>>
  readonly from: string
  readonly to: string
  /** Imported history is judged as if it had come in live. */
  readonly judgesBackfill: boolean
}

/** The detectors of this service. */
export interface Detectors {
  list(): readonly DetectorInfo[]
  /**
   * Writes parameters into the log, those left out as they are; they hold from the position answered. Throws `not-found` for an unknown
   * detector, `request.invalid` for an unknown name or a value out of range, `log.unavailable`.
   */
  setParameters(
    id: string,
    parameters: Readonly<Record<string, number>>,
    by: string,
  ): Promise<{
    readonly version: number
    readonly parameters: Readonly<Record<string, number>>
    readonly position: Position
  }>
  /**
   * Judges stored history again, with the parameters in force and with others; writes nothing. Throws `not-found`,
   * `request.invalid`, `rate.limited` while another one runs, `store.unavailable`; ends when `signal` is aborted.
   */
  backtest(id: string, wanted: BacktestWanted, signal: AbortSignal): Promise<object>
  /** Windows, threshold and why there is no alert for one key now; null when the key is not held. Throws `not-found`. */
  explain(id: string, key: string): Promise<object | null>
}
