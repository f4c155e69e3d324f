import type { Alert } from '../../../../src/model/alert.ts'
import { type EnterpriseRecord, getEnterprise, getTimeline, type TimelineEvent } from '../api/enterprises.ts'
import { ApiError, type Http } from '../api/http.ts'
import { eventName, lookAgain } from '../board/evidence-events.ts'
import { serviceNow } from './clock.ts'
import { type Resource, useResource } from './resource.ts'

/** Of an alert over many enterprises, so many are looked up at first. */
export const FIRST_ENTERPRISES = 10
/** Who walks through the list with the keys asks for nothing on the way, milliseconds. */
const PASSING_MS = 150
const EVENTS_A_PAGE = 100
const MOST_PAGES = 4

export interface EnterpriseBackground {
  readonly code: string
  /** Null when the store holds no record of it. */
  readonly record: EnterpriseRecord | null
  /** Newest first. */
  readonly events: readonly TimelineEvent[]
}

/** Reads the timeline until the wanted events are found, or for a few pages. */
async function eventsOf(
  http: Http,
  code: string,
  wanted: ReadonlySet<string>,
  pages: number,
): Promise<TimelineEvent[]> {
  const events: TimelineEvent[] = []
  let next: string | null = null
  for (let page = 0; page < pages; page++) {
    const answer = await getTimeline(http, code, next, EVENTS_A_PAGE)
    events.push(...answer.items)
    next = answer.next
    const found = events.filter((event) => wanted.has(eventName(event))).length
    if (next === null || found >= wanted.size) break
  }
  return events
}

async function recordOf(http: Http, code: string): Promise<EnterpriseRecord | null> {
  try {
    return await getEnterprise(http, code)
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null
    throw error
  }
}

async function timelineOf(http: Http, code: string, wanted: ReadonlySet<string>, pages: number) {
  try {
    return await eventsOf(http, code, wanted, pages)
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return []
    throw error
  }
}

/** Credit codes an alert is about, the key itself first when it is an enterprise. */
export function codesOf(alert: Alert): readonly string[] {
  const { kind, key, enterprises } = alert.subject
  return kind === 'enterprise' ? [key] : enterprises
}

/** Records and events of the enterprises behind an alert; fetched again when the evidence moves. */
export function useBackground(http: Http, alert: () => Alert, most: () => number): Resource<EnterpriseBackground[]> {
  return useResource(
    () => `${alert().id} ${alert().evidence.position.seq} ${most()}`,
    async () => {
      const asked = alert().id
      await new Promise((resolve) => setTimeout(resolve, PASSING_MS))
      if (alert().id !== asked) return []
      const { evidence } = alert()
      const codes = codesOf(alert()).slice(0, most())
      const wanted = new Set(evidence.events.map(eventName))
      const pages = codes.length === 1 ? MOST_PAGES : 1
      return Promise.all(
        codes.map(async (code) => {
          const [record, events] = await Promise.all([recordOf(http, code), timelineOf(http, code, wanted, pages)])
          return { code, record, events }
        }),
      )
    },
    (found, look) => lookAgain(alert(), found, look, serviceNow.value),
  )
}
