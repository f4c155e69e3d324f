import type { Alert, Outcome } from '../../../../src/model/alert.ts'
import type { Bilingual } from '../../../../src/model/level.ts'

/** What a row says beside title, sentence and level; each fact once. Pure. */

/** Whether nobody has anything left to do with the alert. */
export function isFinished(alert: Pick<Alert, 'status'>): boolean {
  return alert.status === 'closed' || alert.status === 'dismissed'
}

/** The service cut the numbers away because the alert reaches beyond the reader's area. */
export function isCut({
  evidence,
}: {
  readonly evidence: Pick<Alert['evidence'], 'eventsTotal' | 'observed'>
}): boolean {
  return evidence.eventsTotal === 0 && evidence.observed === 0
}

/**
 * Why this measure and no other. The first reason of a recommendation only says that the level has this first answer,
 * which stands in the row already; what comes after it is what decided, and the last of that had the last word. Null:
 * the level alone decided.
 */
export function decidingReason({ recommendation }: Pick<Alert, 'recommendation'>): Bilingual | null {
  return recommendation.because.slice(1).at(-1) ?? null
}

/** The time that matters of a row; epoch ms. */
export type RowTime =
  | { readonly kind: 'age'; readonly since: number }
  | { readonly kind: 'day' | 'moment'; readonly at: number }

/** Of what is open its age; of a historic alert the day of its last event; of a finished one when it was finished. */
export function rowTime(
  alert: Pick<Alert, 'status' | 'historic' | 'openedAt' | 'lastEventTime' | 'updatedAt'>,
): RowTime {
  if (isFinished(alert)) return { kind: 'moment', at: Date.parse(alert.updatedAt) }
  if (alert.historic) return { kind: 'day', at: Date.parse(alert.lastEventTime) }
  return { kind: 'age', since: Date.parse(alert.openedAt) }
}

/** How a finished alert ended: its outcome, and what was written when it was finished. */
export interface Ending {
  readonly outcome: Outcome | null
  readonly note: string
}

/** Null while the alert is not finished. The note is that of the last step into the present status. */
export function endingOf(alert: Pick<Alert, 'status' | 'outcome' | 'history'>): Ending | null {
  if (!isFinished(alert)) return null
  const step = alert.history.findLast((entry) => entry.to === alert.status && entry.from !== alert.status)
  return { outcome: alert.outcome, note: step?.note ?? '' }
}
