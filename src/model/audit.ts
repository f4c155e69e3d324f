/**
 * What was done that must be answered for: who, when, what, to which thing, and why. Never what was read or written
 * itself. The audit chain of all reads and writes takes these over.
 */
export interface AuditRecord {
  /** RFC 3339. */
  readonly at: string
  /** Id of the identity. */
  readonly by: string
  readonly action: AuditAction
  /** What it was done to, e.g. the number of an entry in quarantine. */
  readonly object: string
  /** In the words of whoever did it, redacted. */
  readonly reason: string
}

export const AUDIT_ACTIONS = ['quarantine.open', 'quarantine.resubmit', 'quarantine.discard'] as const
export type AuditAction = (typeof AUDIT_ACTIONS)[number]
