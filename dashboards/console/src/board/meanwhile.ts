import type { Alert } from '../../../../src/model/alert.ts'
import { type FormKind, NEXT_STEPS, type Step } from './forms.ts'

/** What of an alert decides how an officer acts on it; counts that grow do not. */
type Decisive = Pick<Alert, 'status' | 'level' | 'assignee' | 'history'>

/** What happened to an alert while a dialog about it was open. */
export type Meanwhile =
  /** The status does not allow the step any more. */
  | { readonly kind: 'barred'; readonly status: Alert['status'] }
  /** It is still allowed, and the officer has not seen what it rests on now. */
  | { readonly kind: 'changed' }

/** What an officer must know before they send what they began to write; null: nothing that matters. */
export function meanwhile(begun: Decisive, now: Decisive, step: FormKind): Meanwhile | null {
  const steps: readonly Step[] = NEXT_STEPS[now.status]
  if (!steps.includes(step)) return { kind: 'barred', status: now.status }
  const same =
    begun.status === now.status &&
    begun.level === now.level &&
    begun.assignee === now.assignee &&
    begun.history.at(-1)?.at === now.history.at(-1)?.at
  return same ? null : { kind: 'changed' }
}
