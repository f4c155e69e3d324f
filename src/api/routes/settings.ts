import { Type } from '@sinclair/typebox'
import { AllowListEntry, MOST_ALLOWED } from '../../model/allow-list.ts'
import { CalendarYear } from '../../model/calendar.ts'
import { Position } from '../../model/schema.ts'
import { formatTime } from '../../model/time.ts'
import { grantOf } from '../authentication.ts'
import type { AllowList, Settings } from '../port-settings.ts'
import { answers, instantOf } from '../schemas/common.ts'
import type { Server } from '../server.ts'

/** A whole list in one request, and so in one message of the log, which holds 1 MiB. */
const ALLOW_LIST_BODY_BYTES = 768 * 1024

const After = Type.Integer({ minimum: 0, description: 'The version you read: it is the one to be replaced' })
const InForce = Type.Object({ version: Type.Integer(), by: Type.String() })
const Held = Type.Object({ position: Position })

const Entry = Type.Composite(
  [
    Type.Omit(AllowListEntry, ['until']),
    Type.Object({ until: Type.String({ description: 'RFC 3339; from then on the key is judged again' }) }),
  ],
  { additionalProperties: false },
)
const Entries = Type.Object({ entries: Type.Array(Entry, { maxItems: MOST_ALLOWED }) })

/** Keys that are counted and not judged, and the calendars: what administrators set for the whole service. */
export function settingsRoutes(server: Server, settings: Settings): void {
  server.get(
    '/v1/allow-lists',
    {
      config: { access: 'allow-lists.manage' },
      schema: {
        tags: ['settings'],
        summary: 'Keys that are counted and not judged, with who answers for each and until when',
        response: answers({ 200: Type.Composite([Entries, InForce]) }),
      },
    },
    async () => told(settings.allowList()),
  )

  server.put(
    '/v1/allow-lists',
    {
      config: { access: 'allow-lists.manage' },
      bodyLimit: ALLOW_LIST_BODY_BYTES,
      schema: {
        tags: ['settings'],
        summary: 'Set the whole allow-list; it holds from the position answered',
        description: 'What is left out is judged again with its next event. `revision.stale`: somebody was faster.',
        body: Type.Composite([Entries, Type.Object({ after: After })], { additionalProperties: false }),
        response: answers({ 200: Type.Composite([Entries, InForce, Held]) }),
      },
    },
    async (request) => {
      const { entries, after } = request.body
      const wanted = entries.map((entry, n) => ({ ...entry, until: instantOf(entry.until, `entries/${n}/until`) }))
      const set = await settings.setAllowList(wanted, after, grantOf(request).identity.id)
      return { ...told(set), position: set.position }
    },
  )

  server.get(
    '/v1/calendars',
    {
      config: { access: 'calendars.read' },
      schema: {
        tags: ['settings'],
        summary: 'Years of calendars in force: what they say beside the week',
        response: answers({ 200: Type.Object({ items: Type.Array(Type.Composite([CalendarYear, InForce])) }) }),
      },
    },
    async () => ({ items: settings.calendars() }),
  )

  server.put(
    '/v1/calendars',
    {
      config: { access: 'calendars.manage' },
      schema: {
        tags: ['settings'],
        summary: 'Set one year of a calendar; it holds from the position answered',
        description: 'Monday to Friday are on; `off` and `on` name the days that are otherwise.',
        body: Type.Composite([CalendarYear, Type.Object({ after: After })], { additionalProperties: false }),
        response: answers({ 200: Type.Composite([CalendarYear, InForce, Held]) }),
      },
    },
    async (request) => {
      const { after, ...year } = request.body
      return settings.setCalendar(year, after, grantOf(request).identity.id)
    },
  )
}

function told({ version, entries, by }: AllowList) {
  return { version, entries: entries.map((entry) => ({ ...entry, until: formatTime(entry.until) })), by }
}
