import { type Static, Type } from '@sinclair/typebox'
import { project } from '../../access/projection.ts'
import { ALERT_STATUSES, type AlertStatus } from '../../model/alert.ts'
import { LEVELS, type Level } from '../../model/level.ts'
import { grantOf } from '../authentication.ts'
import type { AlertBook } from '../port-desk.ts'
import type { Sources } from '../port-sources.ts'
import { answers } from '../schemas/common.ts'
import type { Server } from '../server.ts'

const Counts = <T extends string>(words: readonly T[]) =>
  Type.Object(Object.fromEntries(words.map((word) => [word, Type.Integer()])))

const Overview = Type.Object({
  cursor: Type.Object({ epoch: Type.String(), offset: Type.Integer() }),
  total: Type.Integer({ description: 'Those at hand: what has gone into the archive is not counted' }),
  historic: Type.Integer({ description: 'Of the total, those that were history when they were judged' }),
  statuses: Counts(ALERT_STATUSES),
  openLevels: { ...Counts(LEVELS), description: 'Alerts of status open, by level' },
  sources: Type.Object(
    { registered: Type.Integer(), late: Type.Integer(), silent: Type.Integer() },
    { description: 'Registered sources, and how many of them should have sent and have not' },
  ),
})

/** Counts within the reader's scope; test alerts are in no statistics. */
export function overviewRoutes(server: Server, book: AlertBook, epoch: string, sources: Pick<Sources, 'counts'>): void {
  server.get(
    '/v1/overview',
    {
      config: { access: 'overview.read' },
      schema: {
        tags: ['alerts'],
        summary: 'How many alerts, by status and level',
        response: answers({ 200: Overview }),
      },
    },
    async (request): Promise<Static<typeof Overview>> => {
      const { identity } = grantOf(request)
      const statuses = zero<AlertStatus>(ALERT_STATUSES)
      const openLevels = zero<Level>(LEVELS)
      let total = 0
      let historic = 0
      const cursor = { epoch, offset: book.head() }
      for (const alert of book.changedAfter(0)) {
        const seen = project(identity, alert)
        if (seen === null || seen.test) continue
        total++
        if (seen.historic) historic++
        statuses[seen.status]++
        if (seen.status === 'open') openLevels[seen.level]++
      }
      return { cursor, total, historic, statuses, openLevels, sources: sources.counts() }
    },
  )
}

function zero<T extends string>(words: readonly T[]): Record<T, number> {
  return Object.fromEntries(words.map((word) => [word, 0])) as Record<T, number>
}
