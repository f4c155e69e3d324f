import type { Alert, AlertStatus } from '../../../../src/model/alert.ts'
import { matchesFilter } from '../../../../src/model/alert-filter.ts'
import type { Level } from '../../../../src/model/level.ts'

/** The reader's words for where an alert stands; each covers one or more statuses. */
export const STATUS_GROUPS = ['open', 'working', 'done', 'all'] as const
export type StatusGroup = (typeof STATUS_GROUPS)[number]

const STATUSES_OF_GROUP: Readonly<Record<StatusGroup, readonly AlertStatus[]>> = {
  open: ['open'],
  working: ['acknowledged', 'handling'],
  done: ['closed', 'dismissed'],
  all: [],
}

/** What the list shows. An empty list of levels means every level. */
export interface View {
  readonly levels: readonly Level[]
  readonly status: StatusGroup
  /** Alerts about events long past (历史), which have no deadlines, stand apart from the day's. */
  readonly historic: boolean
  /** Id of whoever has the alert; '' for anybody's. */
  readonly assignee: string
  readonly q: string
}

export const FIRST_VIEW: View = { levels: [], status: 'open', historic: false, assignee: '', q: '' }

/** Whether something besides the toggle of history narrows the view. */
export function isFiltered(view: View): boolean {
  return view.levels.length > 0 || view.q !== '' || view.assignee !== '' || view.status !== FIRST_VIEW.status
}

/** Whether an alert belongs to the view. The service filters what is loaded; this judges what the feed brings. */
export function inView(view: View, alert: Alert): boolean {
  if (alert.historic !== view.historic) return false
  if (view.levels.length > 0 && !view.levels.includes(alert.level)) return false
  const statuses = STATUSES_OF_GROUP[view.status]
  if (statuses.length > 0 && !statuses.includes(alert.status)) return false
  if (view.assignee !== '' && alert.assignee !== view.assignee) return false
  return matchesFilter({ q: view.q }, alert)
}

/** The view as parameters of `GET /v1/alerts`. */
export function viewParameters(view: View): URLSearchParams {
  const parameters = new URLSearchParams({ historic: String(view.historic) })
  if (view.levels.length > 0) parameters.set('level', view.levels.join(','))
  const statuses = STATUSES_OF_GROUP[view.status]
  if (statuses.length > 0) parameters.set('status', statuses.join(','))
  if (view.assignee !== '') parameters.set('assignee', view.assignee)
  if (view.q.trim() !== '') parameters.set('q', view.q.trim())
  return parameters
}
