import type { Change } from '../change.ts'
import { lineOfWork } from '../lines-of-work.ts'

/**
 * Sends a new alert to who answers for it: the division of the detector's own line, carried out by the county office of
 * the opening event's jurisdiction. Where it went it stays: hand-over is an officer's act.
 */
export function route(change: Change): Change {
  if (change.before !== null) return change
  const { department } = lineOfWork(change.alert.code)
  return { ...change, alert: { ...change.alert, department, office: change.alert.region } }
}
