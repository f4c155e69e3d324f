import type { Alert, StoredAlert } from '../model/alert.ts'
import { RevisionConflict, YujingError } from '../model/errors.ts'
import { redact } from '../model/redact.ts'
import { type FindAlert, HOWEVER_OLD, writeUpon } from './archive/at-hand.ts'
import { asSeen } from './book/book.ts'
import { withHistory } from './change.ts'
import { ACTIONS, type Action, allowedActions, BUILT_ACTIONS, type BuiltAction, statusAfter } from './lifecycle.ts'
import type { AlertBucket } from './ports/alert-bucket.ts'
import { fitted } from './size.ts'

/** Characters an officer's words may have. */
export const LONGEST_NOTE = 2_000

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
    const { action, note } = parseRequest(request)
    const alert = acted(entry.value, action, note, actor, time())
    try {
      return asSeen(alert, await writeUpon(bucket, entry, id, alert))
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
  const outcome = action === 'reopen' ? null : alert.outcome
  return fitted({ ...withHistory(alert, entry), outcome, beforeWithdrawal, updatedAt: at, receivedAt: null })
}

/** The member without which an action is not understood. */
const REQUIRED: Readonly<Record<BuiltAction, 'reason' | 'note' | null>> = {
  acknowledge: null,
  dismiss: 'reason',
  comment: 'note',
  reopen: null,
}

/**
 * The action, and the officer's words as they go into the history: the reason first, then the note. `reason` is required
 * to dismiss, `note` to comment; beside them `note` is free to add.
 */
function parseRequest(request: unknown): { action: Action; note: string | null } {
  const members: { action?: unknown; reason?: unknown; note?: unknown } =
    typeof request === 'object' && request !== null ? request : {}
  const action = ACTIONS.find((known) => known === members.action)
  if (action === undefined) throw new YujingError('request.invalid', `action: one of ${ACTIONS.join(', ')}`)
  const built = BUILT_ACTIONS.find((known) => known === action)
  if (built === undefined) return { action, note: null }
  const words = { reason: textOf('reason', members.reason), note: textOf('note', members.note) }
  const required = REQUIRED[built]
  if (required !== null && words[required] === '') {
    throw new YujingError('request.invalid', `${required}: required to ${action}`)
  }
  const said = [words.reason, words.note].filter((text) => text !== '').join('\n')
  return { action, note: said === '' ? null : said }
}

function textOf(member: string, value: unknown): string {
  if (value === undefined) return ''
  if (typeof value !== 'string') throw new YujingError('request.invalid', `${member}: must be a text`)
  if (value.length > LONGEST_NOTE) {
    throw new YujingError('request.invalid', `${member}: at most ${LONGEST_NOTE} characters`)
  }
  // An officer's words are kept for years: what identifies people goes out of them as it does at the door.
  return redact(value.trim())
}
