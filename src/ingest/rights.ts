import { inArea } from '../model/area.ts'
import type { CanonicalEvent } from '../model/event.ts'
import { isUnderPrefix } from '../model/source.ts'

/** What a key may send. Areas ending in 00 stand for their subtree. */
export interface IngestRights {
  /** Prefixes: `/sx/12315` allows itself and `/sx/12315/...`, not `/sx/123150`. */
  readonly sources: readonly string[] | 'all'
  /** Types in full, or a family such as `complaint.*`. */
  readonly types: readonly string[] | 'all'
  readonly areas: readonly string[] | 'all'
  readonly backfill: boolean
  readonly retracts: boolean
}

function typeAllowed(type: string, allowed: string): boolean {
  return allowed.endsWith('.*') ? type.startsWith(allowed.slice(0, -1)) : type === allowed
}

/** The first right that is missing for the event, as a sentence for the source; null when it may be sent. */
export function missingRight(rights: IngestRights, event: CanonicalEvent): string | null {
  if (rights.sources !== 'all' && !rights.sources.some((prefix) => isUnderPrefix(event.source, prefix))) {
    return 'This key may not send for this source; use the key that was issued for it.'
  }
  if (rights.types !== 'all' && !rights.types.some((allowed) => typeAllowed(event.type, allowed))) {
    return `This key may not send ${event.type}; ask the administrator to add the type.`
  }
  if (rights.areas !== 'all' && !rights.areas.some((area) => inArea(event.region, area))) {
    return `This key may not send for region ${event.region}; ask the administrator to add the area.`
  }
  if (event.backfill && !rights.backfill) return 'This key may not send backfill; ask the administrator for that right.'
  if (event.retracts !== '' && !rights.retracts) {
    return 'This key may not retract or replace events; ask the administrator for that right.'
  }
  return null
}
