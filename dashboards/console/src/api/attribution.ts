import type { TimelineEvent, TimelinePage } from './enterprises.ts'
import type { Http } from './http.ts'

const PAGE_SIZE = 50

/** Complaints, reports and opinions that name no enterprise, newest first. */
export async function listUnattributed(http: Http, next: string | null): Promise<TimelinePage> {
  const parameters = new URLSearchParams({ limit: String(PAGE_SIZE) })
  if (next !== null) parameters.set('cursor', next)
  return (await http.request(`/v1/events/unattributed?${parameters}`)) as TimelinePage
}

/** Says of which enterprise an event speaks. The same again changes nothing. */
export async function attribute(http: Http, event: TimelineEvent, subject: string): Promise<void> {
  await http.request(`/v1/events/${encodeURIComponent(event.id)}/attribute`, {
    method: 'POST',
    body: { source: event.source, subject },
  })
}
