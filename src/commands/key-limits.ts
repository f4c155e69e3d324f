import { areaName } from '../model/area.ts'
import { EVENT_TYPES, isEventType } from '../model/catalogue/catalogue.ts'
import { UsageError } from './context.ts'

const SOURCE = /^\S{1,200}$/

/** Holds what a key is limited to against the tables: a typing error would make a key that silently opens nothing. */
export function checkLimits(limits: { areas?: string; sources?: string; types?: string }): void {
  for (const area of listed(limits.areas))
    if (areaName(area) === null)
      throw new UsageError(
        `--areas: ${area} is no area known here; give GB/T 2260 codes such as 140105, or 140100 for a city`,
      )
  for (const type of listed(limits.types)) {
    const isFamily = type.endsWith('.*') && EVENT_TYPES.some((known) => known.startsWith(type.slice(0, -1)))
    if (!isFamily && !isEventType(type))
      throw new UsageError(
        `--types: ${type} is not in the catalogue; give types such as complaint.filed, or complaint.*`,
      )
  }
  for (const source of listed(limits.sources))
    if (!SOURCE.test(source))
      throw new UsageError(
        `--sources: "${source}" is no prefix of a source; give 1 to 200 characters without blanks, e.g. /sx/12315`,
      )
}

const listed = (text: string | undefined): readonly string[] => text?.split(',') ?? []
