import type { Alert } from '../../model/alert.ts'
import type { AlertFilter } from '../../model/alert-filter.ts'
import { inArea } from '../../model/area.ts'

/** The fields of a filter that have an index; the others are tested alert by alert. */
const INDEXED = [
  'statuses',
  'levels',
  'detectors',
  'regions',
  'departments',
  'subjects',
  'assignees',
  'historic',
  'test',
] as const satisfies readonly (keyof AlertFilter)[]
type IndexedField = (typeof INDEXED)[number]

/** For each indexed field and each value: the ids of the alerts that have it. */
export interface Postings {
  replace(id: string, before: Alert | null, after: Alert | null): void
  /** Ids that have the value. */
  of(field: IndexedField, value: string): ReadonlySet<string>
  /**
   * Ids among which all matches of a filter are, by its most selective field; null when no field leaves out more than
   * it costs to look it up.
   */
  candidates(filter: AlertFilter, alerts: number): readonly string[] | null
}

/** A field must leave out at least 7 of 8 alerts, or walking them in order is quicker. */
const SELECTIVE = 1 / 8

export function createPostings(): Postings {
  const fields = new Map<IndexedField, Map<string, Set<string>>>()

  function matching(field: IndexedField, values: readonly string[]): ReadonlySet<string>[] {
    const byValue = fields.get(field)
    if (byValue === undefined) return []
    if (field !== 'regions') return values.flatMap((value) => byValue.get(value) ?? [])
    return [...byValue].filter(([county]) => values.some((area) => inArea(county, area))).map(([, ids]) => ids)
  }

  return {
    replace(id, before, after) {
      const was = before === null ? [] : valuesOf(before)
      const is = after === null ? [] : valuesOf(after)
      const kept = new Set(is.map(([field, value]) => `${field} ${value}`))
      for (const [field, value] of was) {
        if (kept.has(`${field} ${value}`)) continue
        const byValue = fields.get(field)
        byValue?.get(value)?.delete(id)
        if (byValue?.get(value)?.size === 0) byValue.delete(value)
      }
      for (const [field, value] of is) {
        const byValue = fields.get(field) ?? new Map<string, Set<string>>()
        fields.set(field, byValue)
        const ids = byValue.get(value) ?? new Set<string>()
        byValue.set(value, ids.add(id))
      }
    },
    of: (field, value) => fields.get(field)?.get(value) ?? NONE,
    candidates(filter, alerts) {
      let best: ReadonlySet<string>[] | null = null
      let least = alerts * SELECTIVE
      for (const field of INDEXED) {
        const wanted = filter[field]
        if (wanted === undefined) continue
        const values = typeof wanted === 'boolean' ? [String(wanted)] : wanted
        const sets = matching(field, values)
        const size = sets.reduce((sum, ids) => sum + ids.size, 0)
        if (size <= least) [best, least] = [sets, size]
      }
      if (best === null) return null
      return [...new Set(best.flatMap((ids) => [...ids]))]
    },
  }
}

const NONE: ReadonlySet<string> = new Set()

function valuesOf(alert: Alert): (readonly [IndexedField, string])[] {
  const { status, level, detector, code, subject, historic, test, department, assignee, region, regions } = alert
  return [
    ['statuses', status],
    ['levels', level],
    ['detectors', detector],
    ['detectors', code],
    ['historic', String(historic)],
    ['test', String(test)],
    ...(department === null ? [] : [['departments', department] as const]),
    ...(assignee === null ? [] : [['assignees', assignee] as const]),
    ...[...new Set([region, ...regions])].map((county) => ['regions', county] as const),
    ...[...new Set([subject.key, ...subject.enterprises])].map((key) => ['subjects', key] as const),
  ]
}
