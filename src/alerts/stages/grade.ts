import { severity } from '../../model/level.ts'
import { type Change, withHistory } from '../change.ts'
import { isFinished } from '../lifecycle.ts'

/**
 * Gives the alert its level. A level never falls by itself: an episode is as grave as it has ever been, however quiet
 * the newest window is. (A milder level is an officer's judgement: dismiss, or close.)
 *
 * A finished alert takes new evidence without coming back: somebody has judged it, and more of the same is no news. It
 * is opened again, and says so, when its level rises above the one it was finished at: that is graver than what was
 * judged.
 *
 * A correction is no quiet window: it takes back a level that never was, and the alert falls to what is left.
 */
export function grade(change: Change): Change {
  const { alert, verdict, at } = change
  const { level, kind, correction } = verdict.finding
  const taken = correction?.level ?? null
  if (kind === 'correction' && taken !== null && taken.before === alert.level) {
    const lowered = withHistory(
      { ...alert, level: taken.after },
      { at, action: 'lowered', note: `${taken.before} > ${taken.after}` },
    )
    return { ...change, alert: lowered }
  }
  if (kind === 'end' || kind === 'withdrawn' || severity(level) <= severity(alert.level)) return change
  const raised = withHistory({ ...alert, level }, { at, action: 'raised', note: `${alert.level} > ${level}` })
  if (!isFinished(alert.status)) return { ...change, alert: raised }
  return { ...change, alert: { ...withHistory(raised, { at, action: 'reopened', to: 'open' }), outcome: null } }
}
