import type { Alert, AlertStatus } from './alert.ts'
import { inArea } from './area.ts'
import type { Level } from './level.ts'

/**
 * Which alerts a reader asks for; the same for the list and the live feed. A member that is absent limits nothing; of
 * a list, one value must fit. Always applied to what the reader may see of an alert, never to the whole.
 */
export interface AlertFilter {
  readonly statuses?: readonly AlertStatus[]
  readonly levels?: readonly Level[]
  /** Ids or codes of detectors. */
  readonly detectors?: readonly string[]
  /** County codes; one that ends in 00 stands for its subtree. */
  readonly regions?: readonly string[]
  /** GB/T 4754 digits; a shorter code stands for all below it. */
  readonly industries?: readonly string[]
  readonly departments?: readonly string[]
  /** Keys of subjects; an enterprise's is its credit code, which also finds alerts that name it beside others. */
  readonly subjects?: readonly string[]
  readonly assignees?: readonly string[]
  /** Changed at or after this instant, epoch milliseconds. */
  readonly since?: number
  /** Terms that must all be found in title, sentence, name, credit code, code or id; case does not matter. */
  readonly q?: string
  readonly historic?: boolean
  readonly test?: boolean
}

/** Whether the alert fits the filter. */
export function matchesFilter(filter: AlertFilter, alert: Alert): boolean {
  return (
    oneOf(filter.statuses, alert.status) &&
    oneOf(filter.levels, alert.level) &&
    (filter.detectors === undefined ||
      filter.detectors.includes(alert.detector) ||
      filter.detectors.includes(alert.code)) &&
    (filter.regions === undefined || filter.regions.some((area) => touches(area, alert))) &&
    (filter.industries === undefined || filter.industries.some((code) => alert.industry.startsWith(code))) &&
    (filter.departments === undefined ||
      (alert.department !== null && filter.departments.includes(alert.department))) &&
    (filter.subjects === undefined ||
      filter.subjects.some((key) => key === alert.subject.key || alert.subject.enterprises.includes(key))) &&
    (filter.assignees === undefined || (alert.assignee !== null && filter.assignees.includes(alert.assignee))) &&
    (filter.since === undefined || Date.parse(alert.updatedAt) >= filter.since) &&
    (filter.historic === undefined || alert.historic === filter.historic) &&
    (filter.test === undefined || alert.test === filter.test) &&
    (filter.q === undefined || containsAll(alert, termsOf(filter.q)))
  )
}

function oneOf<T>(wanted: readonly T[] | undefined, value: T): boolean {
  return wanted === undefined || wanted.includes(value)
}

/** Whether one of the counties the alert touches lies in the area. */
function touches(area: string, alert: Alert): boolean {
  return inArea(alert.region, area) || alert.regions.some((region) => inArea(region, area))
}

/** What is sought in: title, sentence, name, key, code and id, and the enterprises it names. In lower case, a line each. */
export function wordsOf({ id, code, title, summary, subject }: Sought): string {
  const words = [
    id,
    code,
    subject.key,
    subject.name,
    title.zh,
    title.en,
    summary.zh,
    summary.en,
    ...subject.enterprises,
  ]
  return words.join('\n').toLowerCase()
}

type Sought = Pick<Alert, 'id' | 'code' | 'title' | 'summary' | 'subject'>

/** What is typed, taken apart at blanks (full-width ones too): each term must be found. In lower case. */
export function termsOf(q: string): string[] {
  return q
    .toLowerCase()
    .split(/\s+/u)
    .filter((term) => term !== '')
}

/** Whether each of the terms (`termsOf`) is found in the alert. */
export function containsAll(alert: Alert, terms: readonly string[]): boolean {
  if (terms.length === 0) return true
  const words = wordsOf(alert)
  return terms.every((term) => words.includes(term))
}
