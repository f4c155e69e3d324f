import type { AlertStatus } from '../model/alert.ts'

/** Everything an officer can do with an alert; the closed set of the interface. */
export const ACTIONS = ['acknowledge', 'assign', 'dismiss', 'comment', 'verify', 'measure', 'close', 'reopen'] as const
export type Action = (typeof ACTIONS)[number]

const open = ['acknowledge', 'assign', 'dismiss', 'comment'] as const
const acknowledged = [...open, 'verify', 'measure'] as const
const handling = [...acknowledged, 'close'] as const
const finished = ['reopen', 'comment'] as const

/**
 * The lifecycle: which action each status allows. Nothing else changes a status, save a finding (`reconsider`).
 *
 *     open ──acknowledge──> acknowledged ──verify, measure──> handling ──close──> closed ──reopen──> open
 *       └───────────────────────┴──────────── dismiss ───────────┴──> dismissed ──reopen──> open
 *
 * `acknowledge` stays allowed after the first: a second officer may sign too, and the status does not go back.
 */
export const ALLOWED: Readonly<Record<AlertStatus, readonly Action[]>> = {
  open,
  acknowledged,
  handling,
  closed: finished,
  dismissed: finished,
}

/** Where each action leads; null keeps the status. `acknowledge` leads on from `open` alone. */
const LEADS_TO: Readonly<Record<Action, AlertStatus | null>> = {
  acknowledge: 'acknowledged',
  assign: null,
  dismiss: 'dismissed',
  comment: null,
  verify: 'handling',
  measure: 'handling',
  close: 'closed',
  reopen: 'open',
}

/** The status after an allowed action. */
export function statusAfter(status: AlertStatus, action: Action): AlertStatus {
  if (action === 'acknowledge' && status !== 'open') return status
  return LEADS_TO[action] ?? status
}

/** Whether nobody has anything left to do with an alert of this status. */
export function isFinished(status: AlertStatus): boolean {
  return status === 'closed' || status === 'dismissed'
}
