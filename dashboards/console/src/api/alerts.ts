import type { Alert } from '../../../../src/model/alert.ts'
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

/** What an officer can do from this page, with what it needs. */
export type ActionRequest =
  | { readonly action: 'acknowledge' }
  | { readonly action: 'dismiss'; readonly reason: string }
  | { readonly action: 'comment'; readonly note: string }
  | { readonly action: 'reopen'; readonly note?: string }

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
