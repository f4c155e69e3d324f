import type { Alert } from '../model/alert.ts'

/**
 * Judges an alert again from stored history, up to the position of its evidence. Rejects with `store.unavailable` while
 * history cannot be asked.
 */
export type Verify = (alert: Alert) => Promise<{
  readonly result: 'reproduced' | 'differs' | 'version-retired'
  readonly observed: number | null
  readonly threshold: number | null
  /** Newest first, at most 64. */
  readonly events: readonly { readonly source: string; readonly id: string }[]
  readonly eventsTotal: number
  readonly differences: readonly string[]
}>
