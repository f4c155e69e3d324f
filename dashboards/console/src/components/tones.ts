import type { AlertStatus } from '../../../../src/model/alert.ts'

const TONES = {
  open: 'accent',
  acknowledged: 'good',
  handling: 'warn',
  closed: 'plain',
  dismissed: 'plain',
} as const satisfies Record<AlertStatus, 'plain' | 'accent' | 'warn' | 'good'>

/** The tone of a status; the word beside it says the same. */
export function statusTone(status: AlertStatus): (typeof TONES)[AlertStatus] {
  return TONES[status]
}
