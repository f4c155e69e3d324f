import { areaName } from '../model/area.ts'
import { EVENT_TYPES, isEventType } from '../model/catalogue/catalogue.ts'
import type { NewKey } from './key-record.ts'

/** A source is a URI reference: printable, no blanks. */
const SOURCE = /^[^\s\p{C}]{1,200}$/u

/**
 * Holds what a key is limited to against the tables: a typing error would make a key that silently opens nothing.
 * Answers with a sentence that names the first value that is none, and what to give; null when all are known.
 */
export function wrongLimit(key: NewKey): string | null {
  if (key.role === 'admin') return null
  for (const area of listed('areas' in key ? key.areas : undefined))
    if (areaName(area) === null)
      return `areas: "${area}" is no area known here; give GB/T 2260 codes such as 140105, or 140100 for a city.`
  for (const type of listed('types' in key ? key.types : undefined))
    if (!isFamily(type) && !isEventType(type))
      return `types: "${type}" is not in the catalogue; give types such as complaint.filed, or complaint.*`
  for (const source of listed('sources' in key ? key.sources : undefined))
    if (!SOURCE.test(source))
      return `sources: "${source}" is no prefix of a source; give 1 to 200 characters without blanks, e.g. /sx/12315`
  return null
}

const isFamily = (type: string) =>
  type.endsWith('.*') && EVENT_TYPES.some((known) => known.startsWith(type.slice(0, -1)))

const listed = (limit: readonly string[] | 'all' | undefined) => (limit === undefined || limit === 'all' ? [] : limit)
