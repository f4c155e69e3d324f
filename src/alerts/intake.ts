import type { StoredAlert } from '../model/alert.ts'
import type { Finding } from '../model/finding.ts'
import { severity } from '../model/level.ts'

/** A finding that waits to be saved, and what to call once it is. */
export interface Waiting {
  readonly finding: Finding
  readonly ack: () => void
}

/**
 * The next findings to save together, of those that wait for one subject; none when all of them may rest.
 *
 * Alerts of one subject are saved one after the other and in the order of the log, because the younger ones name the
 * older (`previous`, the recommendation). An alert just saved rests for a while and its findings gather, except that
 * what is urgent is saved at once, with all of its alert that came before it:
 *
 *     waiting   a1  b1  a2  b2! a3  b3          a, b: alerts, both resting; ! urgent
 *     batch         b1      b2      b3
 *
 * A batch ends before the next urgent finding of whatever alert, so that this one sees what came before it and no more.
 */
export function nextBatch(
  waiting: readonly Waiting[],
  known: (alertId: string) => StoredAlert | null,
  resting: ReadonlySet<string>,
): readonly Waiting[] {
  const urgent = ({ finding }: Waiting) => isUrgent(finding, known(finding.alertId))
  const first = waiting.findIndex((one) => !resting.has(one.finding.alertId) || urgent(one))
  const due = waiting[first]
  if (due === undefined) return []
  const next = waiting.findIndex((one, at) => at > first && urgent(one))
  const until = next === -1 ? waiting.length : next
  return waiting.slice(0, until).filter(({ finding }) => finding.alertId === due.finding.alertId)
}

/**
 * Whether a finding cannot wait: it opens an alert, raises its level, withdraws it or brings it back. (The last two
 * because they change the status: an officer should not set out for an alert that no longer holds.)
 */
export function isUrgent(finding: Finding, known: StoredAlert | null): boolean {
  if (known === null) return true
  if (finding.kind === 'end') return false
  if (finding.kind === 'withdrawn') return known.beforeWithdrawal === null
  return known.beforeWithdrawal !== null || severity(finding.level) > severity(known.level)
}
