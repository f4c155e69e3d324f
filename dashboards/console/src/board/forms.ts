import { OUTCOMES, VERIFICATION_MANNERS } from '../../../../src/model/alert.ts'
import { MEASURES } from '../../../../src/model/level.ts'
import type { ActionRequest } from './action-request.ts'

/** Actions that ask for something before they are done. */
export const FORM_KINDS = ['assign', 'verify', 'measure', 'close', 'dismiss', 'comment', 'reopen'] as const
export type FormKind = (typeof FORM_KINDS)[number]

/** What an action asks for. `choice`: one of a closed set must be chosen, `officer`: one of the colleagues. */
export interface ActionForm {
  readonly choice: readonly string[] | 'officer' | null
  /** Prefix of the words of the choice in the locale. */
  readonly words: string
  readonly text: 'required' | 'optional'
}

export const FORMS: Readonly<Record<FormKind, ActionForm>> = {
  assign: { choice: 'officer', words: '', text: 'optional' },
  verify: { choice: VERIFICATION_MANNERS, words: 'manner', text: 'required' },
  measure: { choice: MEASURES, words: 'measure', text: 'optional' },
  close: { choice: OUTCOMES, words: 'outcome', text: 'optional' },
  dismiss: { choice: null, words: '', text: 'required' },
  comment: { choice: null, words: '', text: 'required' },
  reopen: { choice: null, words: '', text: 'optional' },
}

/** What an action needs and the form does not hold yet, in the order of the form; empty when it is complete. */
export function missingOf(kind: FormKind, choice: string | null, text: string): readonly ('choice' | 'text')[] {
  const form = FORMS[kind]
  return [
    ...(form.choice !== null && choice === null ? (['choice'] as const) : []),
    ...(form.text === 'required' && text.trim() === '' ? (['text'] as const) : []),
  ]
}

/** The filled form as a request; `assign` with an empty choice takes the alert back. */
export function requestOf(kind: FormKind, choice: string | null, text: string): ActionRequest {
  const words = text.trim()
  const note = words === '' ? {} : { note: words }
  const chosen = choice ?? ''
  switch (kind) {
    case 'assign':
      return { action: 'assign', assignee: chosen === '' ? null : chosen, ...note }
    case 'verify':
      return { action: 'verify', manner: chosen, result: words }
    case 'measure':
      return { action: 'measure', measure: chosen, ...note }
    case 'close':
      return { action: 'close', outcome: chosen, ...note }
    case 'dismiss':
      return { action: 'dismiss', reason: words }
    case 'comment':
      return { action: 'comment', note: words }
    case 'reopen':
      return { action: 'reopen', ...note }
  }
}

/** A button of the alert: `acknowledge` alone needs no form. */
export type Step = FormKind | 'acknowledge'

/** What the status allows, the next step of the work first. */
export const NEXT_STEPS = {
  open: ['acknowledge', 'assign', 'dismiss', 'comment'],
  acknowledged: ['verify', 'measure', 'assign', 'dismiss', 'comment'],
  handling: ['close', 'verify', 'measure', 'assign', 'dismiss', 'comment'],
  closed: ['reopen', 'comment'],
  dismissed: ['reopen', 'comment'],
} as const satisfies Record<string, readonly Step[]>
