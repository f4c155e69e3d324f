import type { Position } from '../model/position.ts'

/** The guarded clock as an administrator sees it. Times are RFC 3339. */
export interface ClockStatus {
  /** Name of the process that answers. */
  readonly home: string
  readonly wall: string
  /** How far the log has come; null for an empty one, and at a process that does not lead. */
  readonly logTime: string | null
  /** Wall clock minus where the monotonic clock says it should be. */
  readonly offsetSeconds: number
  /** Null while the clock is believed. */
  readonly doubt: { readonly reason: string; readonly bySeconds: number; readonly meaning: string } | null
  /** Other processes that doubt their own clocks: each is looked at, and confirmed, at itself. */
  readonly elsewhere: readonly { readonly home: string; readonly reason: string }[]
}

/** Who may say that the clock is right. */
export interface ClockGuard {
  status(): ClockStatus
  /** Resolves once the confirmation is in the log and holds; `action.not-allowed` when nothing is in doubt. */
  confirm(by: string): Promise<ClockStatus & { readonly position: Position }>
}
