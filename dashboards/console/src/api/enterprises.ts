import type { Http } from './http.ts'

/** An event as the timeline hands it out (CloudEvents 1.0). */
export interface TimelineEvent {
  readonly id: string
  readonly source: string
  readonly type: string
  readonly subject?: string
  readonly time: string
  readonly region?: string
  readonly industry?: string
  readonly backfill?: boolean
  readonly test?: boolean
  /** Id of the event of the same source that withdrew, replaced or attributed it. */
  readonly retractedby?: string
  readonly data: Readonly<Record<string, unknown>>
}

export interface TimelinePage {
  readonly items: readonly TimelineEvent[]
  readonly next: string | null
}

/** The current record of an enterprise. Members that are not known are null or absent. */
export interface EnterpriseRecord {
  readonly code: string
  readonly name?: string | null
  readonly kind?: string | null
  readonly status?: string | null
  readonly region?: string | null
  readonly industry?: string | null
  readonly address?: string | null
  /** A pseudonym: the name is masked. */
  readonly legalRepresentative?: { readonly name?: string } | null
  readonly capital?: number | null
  readonly paidIn?: number | null
  readonly registeredAt?: string | null
  readonly scope?: string | null
  readonly events?: number
  readonly firstEventAt?: string
  readonly lastEventAt?: string
}

export async function getEnterprise(http: Http, code: string): Promise<EnterpriseRecord> {
  return (await http.request(`/v1/enterprises/${encodeURIComponent(code)}`)) as EnterpriseRecord
}

/** What happened to the enterprise, newest first; of one type, or (`''`) of all. */
export async function getTimeline(
  http: Http,
  code: string,
  next: string | null,
  limit: number,
  type = '',
): Promise<TimelinePage> {
  const parameters = new URLSearchParams({ limit: String(limit) })
  if (next !== null) parameters.set('cursor', next)
  if (type !== '') parameters.set('type', type)
  return (await http.request(`/v1/enterprises/${encodeURIComponent(code)}/timeline?${parameters}`)) as TimelinePage
}
