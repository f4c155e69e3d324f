import type { Alert } from '../../../../src/model/alert.ts'

type Subject = Alert['subject']

/** History learns a name some seconds after the alert: how long is waited before each look for it, milliseconds. */
const LOOKS_MS = [0, 1_500, 3_000, 6_000, 12_000] as const
/** Of an older alert the name would be there if there were one: a single look does. */
const FRESH_MS = 10 * 60_000

/** Whether an alert stands under the bare code of its enterprise. */
export function isNameless({ kind, key, name }: Pick<Subject, 'kind' | 'key' | 'name'>): boolean {
  return kind === 'enterprise' && name === key
}

/** How long to wait before the next look for a name, after so many; null: there will be none. */
export function nextLook(openedAt: number, looks: number, now: number): number | null {
  const most = now - openedAt > FRESH_MS ? 1 : LOOKS_MS.length
  return looks < most ? (LOOKS_MS[looks] ?? null) : null
}
