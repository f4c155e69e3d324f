import type { Alert } from '../../../../src/model/alert.ts'
import type { ActionRequest } from '../board/action-request.ts'
import { type View, viewParameters } from '../board/view.ts'
import type { Cursor } from '../live/messages.ts'
import type { Http } from './http.ts'

/** One page of the list. `cursor` is the feed's place taken before the list was read. */
export interface AlertPage {
  readonly items: readonly Alert[]
  readonly next: string | null
  readonly cursor: Cursor
  /** Finished alerts of the archive are missing, because the history store cannot be asked now. */
  readonly archive?: 'unavailable'
}

const PAGE_SIZE = 100

/** Lists alerts, newest change first; `next` of the page before continues. */
export async function listAlerts(
  http: Http,
  view: View,
  next: string | null,
  signal?: AbortSignal,
): Promise<AlertPage> {
  const parameters = viewParameters(view)
  parameters.set('limit', String(PAGE_SIZE))
  if (next !== null) parameters.set('cursor', next)
  return (await http.request(`/v1/alerts?${parameters}`, signal ? { signal } : {})) as AlertPage
}

export async function getAlert(http: Http, id: string): Promise<Alert> {
  return (await http.request(`/v1/alerts/${encodeURIComponent(id)}`)) as Alert
}

/** Acts on the state the officer saw: rejects with `revision.stale` (412) when the alert has changed since. */
export async function actOn(http: Http, alert: Alert, request: ActionRequest): Promise<Alert> {
  return (await http.request(`/v1/alerts/${encodeURIComponent(alert.id)}/actions`, {
    method: 'POST',
    body: request,
    headers: { 'if-match': `"${alert.revision}"` },
  })) as Alert
}

/** The alerts on an enterprise and those that name it beside others, the last changed first; at most 50. */
export async function alertsOf(http: Http, code: string): Promise<readonly Alert[]> {
  const parameters = new URLSearchParams({ subject: code, limit: '50' })
  return ((await http.request(`/v1/alerts?${parameters}`)) as AlertPage).items
}
