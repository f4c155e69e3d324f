import type { Alert, StoredAlert } from '../model/alert.ts'
import { RevisionConflict, YujingError } from '../model/errors.ts'
import { type ActionRequest, readActionRequest } from './action-request.ts'
import { type FindAlert, HOWEVER_OLD, writeUpon } from './archive/at-hand.ts'
import { asSeen } from './book/book.ts'
import { withHistory } from './change.ts'
import { ALLOWED, statusAfter } from './lifecycle.ts'
import type { AlertBucket } from './ports/alert-bucket.ts'
import { fitted } from './size.ts'

/** Who acts: only the id goes into the history. */
export interface Actor {
  readonly id: string
}

/**
 * Does what an officer asks for, by compare-and-set on the revision the officer has read (null: none was given).
 *
 * Checked in this order, after the interface has checked who it is and what they may see: 404 `not-found`, 428
 * `revision.required`, 412 `revision.stale`, 400 `request.invalid`, 409 `action.not-allowed` (details `allowed`: what
 * the status allows). A change in between by anybody, the desk with a new finding included, is 412 too:
 * the officer decides on what they have seen, and on nothing else. An archived alert comes back into the bucket.
 */
export function createAct(parts: {
  readonly bucket: AlertBucket
  readonly find: FindAlert
  readonly time: () => string
}) {
  const { bucket, find, time } = parts
  return async (id: string, request: unknown, revision: number | null, actor: Actor): Promise<Alert> => {
    const entry = await find(id, HOWEVER_OLD)
    if (entry === null) throw new YujingError('not-found')
    if (revision === null) throw new YujingError('revision.required')
    if (revision !== entry.revision) throw new YujingError('revision.stale')
    const alert = acted(entry.value, readActionRequest(request), actor, time())
    try {
      return asSeen(alert, await writeUpon(bucket, entry, id, alert))
    } catch (error) {
      throw error instanceof RevisionConflict ? new YujingError('revision.stale') : error
    }
  }
}

function acted(alert: StoredAlert, request: ActionRequest, actor: Actor, at: string): StoredAlert {
  const { action, note, detail } = request
  const allowed = ALLOWED[alert.status]
  if (!allowed.includes(action)) {
    throw new YujingError('action.not-allowed', undefined, { action, status: alert.status, allowed })
  }
  const to = statusAfter(alert.status, action)
  const entry = { at, by: actor.id, action, to, ...(note !== null && { note }), ...(detail !== null && { detail }) }
  // Whoever moves an alert that was withdrawn has decided: a correction must not bring back what was before.
  const beforeWithdrawal = to === alert.status ? alert.beforeWithdrawal : null
  const changed = { ...withHistory(alert, entry), ...settledBy(alert, request), beforeWithdrawal }
  return fitted({ ...changed, updatedAt: at, receivedAt: null })
}

/** What the alert says of itself after the action, besides status and history. */
function settledBy(alert: StoredAlert, { action, detail }: ActionRequest): Partial<StoredAlert> {
  if (action === 'reopen') return { outcome: null }
  const { assignee, measure, outcome } = detail ?? {}
  return {
    ...(assignee !== undefined && { assignee }),
    ...(outcome !== undefined && { outcome }),
    ...(measure !== undefined && { measures: [...new Set([...alert.measures, measure])] }),
  }
}
