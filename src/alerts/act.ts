import type { Alert, StoredAlert } from '../model/alert.ts'
import { RevisionConflict, YujingError } from '../model/errors.ts'
import { asSeen } from './book/book.ts'
import { withHistory } from './change.ts'
import { ACTIONS, type Action, allowedActions, BUILT_ACTIONS, type BuiltAction, statusAfter } from './lifecycle.ts'
import type { AlertBucket } from './ports/alert-bucket.ts'
import { fitted } from './size.ts'

/** Characters an officer's words may have. */
export const LONGEST_NOTE = 1_000

/** What an officer asks for: `reason` is required to dismiss, `note` to comment and free to add to an acknowledgement. */
export interface ActionRequest {
  readonly action: Action
  readonly reason?: string
  readonly note?: string
}

/** Who acts: only the id goes into the history. */
export interface Actor {
  readonly id: string
}

/**
 * Does what an officer asks for, by compare-and-set on the revision the officer has read (null: none was given).
 *
 * Checked in this order, after the interface has checked who it is and what they may see: 404 `not-found`, 428
 * `revision.required`, 412 `revision.stale`, 400 `request.invalid`, 409 `action.not-allowed` (details `allowed`: what
 * the status allows and is built). A change in between by anybody, the desk with a new finding included, is 412 too:
 * the officer decides on what they have seen, and on nothing else.
 */
export function createAct(parts: { readonly bucket: AlertBucket; readonly time: () => string }) {
  const { bucket, time } = parts
  return async (id: string, request: unknown, revision: number | null, actor: Actor): Promise<Alert> => {
    const entry = await bucket.get(id)
    if (entry === null) throw new YujingError('not-found')
    if (revision === null) throw new YujingError('revision.required')
    if (revision !== entry.revision) throw new YujingError('revision.stale')
    const { action, note } = parseRequest(request)
    const alert = acted(entry.value, action, note, actor, time())
    try {
      return asSeen(alert, await bucket.update(id, alert, entry.revision))
    } catch (error) {
      throw error instanceof RevisionConflict ? new YujingError('revision.stale') : error
    }
  }
}

function acted(alert: StoredAlert, action: Action, note: string | null, actor: Actor, at: string): StoredAlert {
  const allowed = allowedActions(alert.status)
  if (!allowed.some((possible) => possible === action)) {
    throw new YujingError('action.not-allowed', undefined, { action, status: alert.status, allowed })
  }
  const to = statusAfter(alert.status, action)
  const entry = { at, by: actor.id, action, to, ...(note === null ? {} : { note }) }
  // Whoever moves an alert that was withdrawn has decided: a correction must not bring back what was before.
  const beforeWithdrawal = to === alert.status ? alert.beforeWithdrawal : null
  return fitted({ ...withHistory(alert, entry), beforeWithdrawal, updatedAt: at })
}

/** The member that holds the words of each action, and whether they are required. */
const WORDS: Readonly<Record<BuiltAction, { member: 'reason' | 'note'; required: boolean }>> = {
  acknowledge: { member: 'note', required: false },
  dismiss: { member: 'reason', required: true },
  comment: { member: 'note', required: true },
}

function parseRequest(request: unknown): { action: Action; note: string | null } {
  const members = typeof request === 'object' && request !== null ? (request as Record<string, unknown>) : {}
  const action = ACTIONS.find((known) => known === members['action'])
  if (action === undefined) throw new YujingError('request.invalid', `action: one of ${ACTIONS.join(', ')}`)
  const built = BUILT_ACTIONS.find((known) => known === action)
  if (built === undefined) return { action, note: null }
  const { member, required } = WORDS[built]
  const words = members[member] ?? ''
  if (typeof words !== 'string') throw new YujingError('request.invalid', `${member}: must be a text`)
  const note = words.trim()
  if (note === '' && required) throw new YujingError('request.invalid', `${member}: required to ${action}`)
  if (note.length > LONGEST_NOTE) {
    throw new YujingError('request.invalid', `${member}: at most ${LONGEST_NOTE} characters`)
  }
  return { action, note: note === '' ? null : note }
}
