import type { Alert } from '../model/alert.ts'
import { YujingError } from '../model/errors.ts'

/** The alert's revision as a strong entity tag. */
export function etagOf({ revision }: Alert): string {
  return `"${revision}"`
}

/**
 * Holds If-Match against the alert: `revision.required` when absent (a `*` names no revision and counts as absent),
 * `revision.stale` when none of its tags is the present one; weak tags never match.
 */
export function requireMatch(ifMatch: string | undefined, alert: Alert): void {
  const tags = (ifMatch ?? '').split(',').map((tag) => tag.trim())
  if (tags.every((tag) => tag === '' || tag === '*')) throw new YujingError('revision.required')
  if (!tags.includes(etagOf(alert))) throw new YujingError('revision.stale', undefined, { revision: alert.revision })
}
