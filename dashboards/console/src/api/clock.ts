import type { Http } from './http.ts'

/** The service's clock as an administrator sees it. */
export interface ClockStatus {
  /** RFC 3339. */
  readonly wall: string
  /** How far the log has come, RFC 3339; null for an empty one, and at a process that does not lead. */
  readonly logTime: string | null
  /** Null while the clock is believed. */
  readonly doubt: { readonly reason: string; readonly bySeconds: number } | null
}

export async function getClock(http: Http): Promise<ClockStatus> {
  return (await http.request('/v1/clock')) as ClockStatus
}

/** Says that the clock is right as it stands; `action.not-allowed` when it is not in doubt (any more). */
export async function confirmClock(http: Http): Promise<ClockStatus> {
  return (await http.request('/v1/clock/confirm', { method: 'POST' })) as ClockStatus
}
