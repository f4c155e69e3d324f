import { changeTriggers } from './change.ts'
import { complaintTriggers } from './complaint.ts'
import { creditTriggers } from './credit.ts'
import { registrationTriggers } from './registration.ts'
import { safetyTriggers } from './safety.ts'
import type { Trigger } from './view.ts'

/** The default triggers of the catalogue (DOMAIN section 3) by code, naively: everything is counted again each time. */
export const TRIGGERS: Readonly<Record<string, Trigger>> = {
  ...registrationTriggers,
  ...changeTriggers,
  ...complaintTriggers,
  ...creditTriggers,
  ...safetyTriggers,
}
