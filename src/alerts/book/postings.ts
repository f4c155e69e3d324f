import type { Alert } from '../../model/alert.ts'
import { inArea } from '../../model/area.ts'
import type { CompiledFilter, FilterField } from './filter.ts'

/** For each field with an index and each value: the ids of the alerts that have it. */
export interface Postings {
  replace(id: string, before: Alert | null, after: Alert | null): void
  /** Ids that have the value. */
  of(field: FilterField, value: string): ReadonlySet<string>
  /**
   * The ids among which all matches of a filter are, by its most selective field; null when no field leaves out more
   * than it costs to look it up.
   */
  candidates(filter: CompiledFilter, alerts: number): readonly string[] | null
}

/** A field must leave out at least this share of all alerts, or walking them in order is quicker. */
const SELECTIVE = 1 / 8

export function createPostings(): Postings {
  const fields = new Map<FilterField, Map<string, Set<string>>>()

  function matching(field: FilterField, values: readonly string[]): ReadonlySet<string>[] {
    const byValue = fields.get(field)
    if (byValue === undefined) return []
    if (field !== 'region') return values.flatMap((value) => byValue.get(value) ?? [])
    return [...byValue].filter(([county]) => values.some((area) => inArea(county, area))).map(([, ids]) => ids)
  }

  return {
    replace(id, before, after) {
      const was = before === null ? [] : valuesOf(before)
      const is = after === null ? [] : valuesOf(after)
      for (const [field, value] of was) {
        if (is.some(([f, v]) => f === field && v === value)) continue
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
    candidates({ indexed }, alerts) {
      let best: ReadonlySet<string>[] | null = null
      let least = alerts * SELECTIVE
      for (const { field, values } of indexed) {
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

function valuesOf(alert: Alert): (readonly [FilterField, string])[] {
  return [
    ['status', alert.status],
    ['level', alert.level],
    ['detector', alert.detector],
    ['detector', alert.code],
    ['subject', alert.subject.key],
    ['historic', String(alert.historic)],
    ['test', String(alert.test)],
    ...(alert.department === null ? [] : [['department', alert.department] as const]),
    ...(alert.assignee === null ? [] : [['assignee', alert.assignee] as const]),
    ...alert.regions.map((county) => ['region', county] as const),
  ]
}
