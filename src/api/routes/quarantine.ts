import { Type } from '@sinclair/typebox'
import { QUARANTINE_STATES, QuarantinedEvent } from '../../model/quarantine.ts'
import { Nullable, Words } from '../../model/schema.ts'
import { grantOf } from '../authentication.ts'
import type { Quarantine } from '../port-quarantine.ts'
import type { HistoryStore } from '../port-store.ts'
import { answers, commaList } from '../schemas/common.ts'
import type { Server } from '../server.ts'

/** An event has 256 KiB at most; beside it stands the reason. */
const RESUBMIT_BODY_BYTES = 320 * 1024
const REASON_BODY_BYTES = 8 * 1024

const Seq = Type.Object({ seq: Type.Integer({ minimum: 1 }) })
const Reason = Type.String({ minLength: 4, maxLength: 500, pattern: '\\S', description: 'Why; kept in the audit' })
const WithReason = Type.Object({ reason: Reason }, { additionalProperties: false })

const Query = Type.Object({
  code: Type.Optional(Type.String({ maxLength: 500, description: 'Codes of refusals; comma-separated' })),
  source: Type.Optional(Type.String({ maxLength: 200, description: 'Prefix of the source; empty: named none' })),
  state: Type.Optional(Words(QUARANTINE_STATES)),
  limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
  cursor: Type.Optional(Type.String({ maxLength: 20, description: '`next` of the page before' })),
})

/** Refused events: how many, by code; one by one; and what an administrator makes of them. */
export function quarantineRoutes(server: Server, store: HistoryStore, quarantine: Quarantine): void {
  server.get(
    '/v1/quarantine',
    {
      config: { access: 'quarantine.read' },
      schema: {
        tags: ['quarantine'],
        summary: 'Refused events by code',
        response: answers({
          200: Type.Object({ items: Type.Array(Type.Object({}, { additionalProperties: true })) }),
        }),
      },
    },
    async () => ({ items: await store.quarantineCodes() }),
  )

  server.get(
    '/v1/quarantine/entries',
    {
      config: { access: 'quarantine.read' },
      schema: {
        tags: ['quarantine'],
        summary: 'Refused events, newest first, without what was sent',
        querystring: Query,
        response: answers({
          200: Type.Object({ items: Type.Array(QuarantinedEvent), next: Nullable(Type.String()) }),
        }),
      },
    },
    async ({ query: { code, source, state, limit, cursor } }) =>
      quarantine.list({ codes: commaList(code), source, state, limit, cursor }),
  )

  server.post(
    '/v1/quarantine/entries/:seq/open',
    {
      bodyLimit: REASON_BODY_BYTES,
      config: { access: 'quarantine.handle' },
      schema: {
        tags: ['quarantine'],
        summary: 'Look at what was sent; audited with the reason',
        params: Seq,
        body: WithReason,
        response: answers({
          200: Type.Intersect([
            QuarantinedEvent,
            Type.Object({ payload: Type.String(), encoding: Words(['utf-8', 'base64']) }),
          ]),
        }),
      },
    },
    async (request) => quarantine.open(request.params.seq, request.body.reason, grantOf(request).identity),
  )

  server.post(
    '/v1/quarantine/entries/:seq/resubmit',
    {
      bodyLimit: RESUBMIT_BODY_BYTES,
      config: { access: 'quarantine.handle' },
      schema: {
        tags: ['quarantine'],
        summary: 'Send the corrected event through the door with your own rights',
        description: '400 with the code of the refusal when it is refused again: the entry waits on.',
        params: Seq,
        body: Type.Object(
          { reason: Reason, event: Type.Object({}, { additionalProperties: true, description: 'CloudEvent' }) },
          { additionalProperties: false },
        ),
        response: answers({
          200: Type.Object({
            entry: QuarantinedEvent,
            answer: Type.Object({ accepted: Type.Integer(), duplicates: Type.Integer() }),
          }),
        }),
      },
    },
    async (request) => {
      const { reason, event } = request.body
      const { entry, answer } = await quarantine.resubmit(request.params.seq, event, reason, grantOf(request).identity)
      return { entry, answer: { accepted: answer.accepted, duplicates: answer.duplicates } }
    },
  )

  server.post(
    '/v1/quarantine/entries/:seq/discard',
    {
      bodyLimit: REASON_BODY_BYTES,
      config: { access: 'quarantine.handle' },
      schema: {
        tags: ['quarantine'],
        summary: 'Say that it need not come in',
        params: Seq,
        body: WithReason,
        response: answers({ 200: QuarantinedEvent }),
      },
    },
    async (request) => quarantine.discard(request.params.seq, request.body.reason, grantOf(request).identity),
  )
}
