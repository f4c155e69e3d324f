import { type HistoryEntry, OUTCOMES, VERIFICATION_MANNERS } from '../model/alert.ts'
import { YujingError } from '../model/errors.ts'
import { MEASURES } from '../model/level.ts'
import { redact } from '../model/redact.ts'
import { ACTIONS, type Action } from './lifecycle.ts'

/** Characters an officer's words may have, and the name of whoever an alert is given to. */
const LONGEST_NOTE = 2_000
const LONGEST_ASSIGNEE = 100
/** What ids of keys look like: chance may make them look like a card's number. */
const IDENTITY = /^k[0-9a-f]{16}$/

/** What an officer asks for: the action, what it says in words of closed sets, and the officer's own words. */
export interface ActionRequest {
  readonly action: Action
  readonly detail: HistoryEntry['detail'] | null
  readonly note: string | null
}

type Members = Readonly<Record<string, unknown>>

/** What each action needs besides its name; the note is free to add. */
const NEEDS: Readonly<Record<Action, (members: Members) => { detail?: HistoryEntry['detail']; said?: string }>> = {
  acknowledge: () => ({}),
  assign: ({ assignee }) => ({ detail: { assignee: assigneeOf(assignee) } }),
  dismiss: ({ reason }) => ({ said: required('reason', reason, 'dismiss') }),
  comment: ({ note }) => ({ said: required('note', note, 'comment') }),
  verify: ({ manner, result }) => ({
    detail: { manner: oneOf('manner', manner, VERIFICATION_MANNERS) },
    said: required('result', result, 'verify'),
  }),
  measure: ({ measure }) => ({ detail: { measure: oneOf('measure', measure, MEASURES) } }),
  close: ({ outcome }) => ({ detail: { outcome: oneOf('outcome', outcome, OUTCOMES) } }),
  reopen: () => ({}),
}

/** Reads a request; throws `request.invalid` naming the member and what it may be. */
export function readActionRequest(request: unknown): ActionRequest {
  const members: Members = typeof request === 'object' && request !== null ? { ...request } : {}
  const action = oneOf('action', members.action, ACTIONS)
  const { detail = null, said = '' } = NEEDS[action](members)
  const note = action === 'comment' ? '' : textOf('note', members.note)
  const words = [said, note].filter((text) => text !== '').join('\n')
  return { action, detail, note: words === '' ? null : words }
}

function oneOf<const T extends string>(member: string, value: unknown, words: readonly T[]): T {
  const word = words.find((known) => known === value)
  if (word === undefined) throw new YujingError('request.invalid', `${member}: one of ${words.join(', ')}`)
  return word
}

/** null takes the alert back from whoever has it. */
function assigneeOf(value: unknown): string | null {
  if (value === null) return null
  const text = typeof value === 'string' ? value.trim() : ''
  if (text === '' || text.length > LONGEST_ASSIGNEE) {
    const what = `the officer's id or name, at most ${LONGEST_ASSIGNEE} characters, or null for nobody`
    throw new YujingError('request.invalid', `assignee: ${what}`)
  }
  return IDENTITY.test(text) ? text : redact(text)
}

function required(member: string, value: unknown, action: Action): string {
  const text = textOf(member, value)
  if (text === '') throw new YujingError('request.invalid', `${member}: required to ${action}`)
  return text
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
