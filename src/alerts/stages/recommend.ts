import type { PastAlert } from '../../model/past-alert.ts'
import type { Change } from '../change.ts'
import { earlierAlerts } from '../earlier-alerts.ts'
import { isFinished } from '../lifecycle.ts'
import { recommendation } from '../recommendation.ts'

/** All alerts of one subject that are known, in any order. */
export type AlertsOfSubject = (subject: PastAlert['subject']) => readonly PastAlert[]

/**
 * Says what to do and why: at the opening, when the level rises and when the alert opens again. In between the advice
 * stays as the officer has read it.
 */
export function createRecommend(alertsOfSubject: AlertsOfSubject): (change: Change) => Change {
  return (change) => {
    const { before, alert } = change
    const reopened = before !== null && isFinished(before.status) && !isFinished(alert.status)
    if (before !== null && before.level === alert.level && !reopened) return change
    const earlier = earlierAlerts(alert, alertsOfSubject(alert.subject))
    const advised = { ...alert, recommendation: recommendation(alert, earlier) }
    return { ...change, alert: before === null ? { ...advised, previous: earlier.previous } : advised }
  }
}
