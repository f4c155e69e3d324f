import type { FindingKind } from '../model/finding.ts'
import type { Level } from '../model/level.ts'
import type { Episode } from './episode.ts'

/**
 * Whether a fulfilling event of a running episode is worth a finding (DESIGN 16), and of which kind: the level changed
 * (coming back after an `end` included), the number observed grew by the square root of two since the last finding, or
 * it is the first of a new business day. Anything else is already said.
 */
export function thin(
  told: Pick<Episode, 'level' | 'observed' | 'day'>,
  now: { readonly level: Level; readonly observed: number; readonly day: number },
): Extract<FindingKind, 'level' | 'growth' | 'day'> | null {
  if (now.level !== told.level) return 'level'
  // observed >= told * sqrt 2, squared: exact for whole numbers.
  if (now.observed > told.observed && now.observed ** 2 >= 2 * told.observed ** 2) return 'growth'
  if (now.day > told.day) return 'day'
  return null
}
