import type { IncomingMessage } from 'node:http'
import { Type } from '@sinclair/typebox'
import type { Identity } from '../../access/identity.ts'
import { YujingError } from '../../model/errors.ts'
import { LANES, type Lane } from '../../model/lane.ts'
import { Nullable } from '../../model/schema.ts'
import { grantOf } from '../authentication.ts'
import { type Intake, TooLarge } from '../intake.ts'
import type { EventDoor, SenderRights } from '../port-door.ts'
import { EventBodies, EventHeaders } from '../schemas/cloud-event.ts'
import { answers } from '../schemas/common.ts'
import type { Server } from '../server.ts'

const Answer = Type.Object({
  accepted: Type.Integer({ description: 'Acknowledged by the log' }),
  duplicates: Type.Integer({ description: 'Came before; reused ids included' }),
  rejected: Type.Array(
    Type.Object({
      index: Type.Integer({ description: 'Place in the request, from 0; blank lines do not count' }),
      id: Nullable(Type.String()),
      code: Type.String(),
      message: Type.String(),
    }),
  ),
  reused: Type.Array(Type.Object({ index: Type.Integer(), id: Type.String() }), {
    description: 'Same source and id came before with other content; the first stays',
  }),
  known: Type.Optional(
    Type.Array(Type.Integer(), { description: 'Places of all duplicates, reused ids included; with list=duplicates' }),
  ),
})

const Query = Type.Object({
  lane: Type.Optional(
    Type.Union(
      LANES.map((lane) => Type.Literal(lane)),
      {
        description:
          'batch: an import, metered so that live events never wait behind it. Bodies over 1 MiB and backfill always are.',
      },
    ),
  ),
  list: Type.Optional(Type.Literal('duplicates', { description: 'Say in `known` which events were duplicates' })),
})

/** `POST /v1/events`: 202 once every accepted event is in the log. The door reads the body; here it stays bytes. */
export function eventRoutes(root: Server, door: EventDoor, intake: Intake, requestsPerMinute: number): void {
  root.register(async (server: Server) => {
    server.removeAllContentTypeParsers()
    // The handler takes the body in itself: only there is it known when its memory is free again.
    server.addContentTypeParser('*', (_request, _payload, done) => done(null))
    server.post(
      '/v1/events',
      {
        validatorCompiler: () => () => true,
        config: { access: 'events.write', rateLimit: { max: requestsPerMinute } },
        schema: {
          tags: ['events'],
          summary: 'Send CloudEvents 1.0',
          description:
            'application/cloudevents+json, application/cloudevents-batch+json, application/x-ndjson, or ce-* headers; gzip allowed.',
          querystring: Query,
          headers: EventHeaders,
          body: EventBodies,
          response: answers({ 202: Answer }),
        },
      },
      async (request, reply) => {
        const { identity } = grantOf(request)
        const [rights, sender] = [senderRights(identity), identity.id]
        const lane = laneOf(request.query)
        const listsDuplicates = listsIn(request.query)
        const { body, release } = await intake.take(request.raw, lane).catch(keeping(door, sender))
        try {
          const asked = { ...metaOf(request.raw), body, rights, sender, lane, listsDuplicates }
          return reply.code(202).send(await door.accept(asked))
        } finally {
          release()
        }
      },
    )
  })
}

/** What is refused for its length vanishes no more than any other refusal; whatever else fails was not refused. */
function keeping(door: EventDoor, sender: string): (error: unknown) => Promise<never> {
  return async (error) => {
    if (error instanceof TooLarge) await door.keep({ body: error.body, bytes: error.bytes, sender, error })
    throw error
  }
}

/** Checked here, because the validator of the route is off: it would read the body. */
function laneOf({ lane = 'live' }: { lane?: string }): Lane {
  const found = LANES.find((one) => one === lane)
  if (found === undefined) throw new YujingError('request.invalid', `lane must be one of: ${LANES.join(', ')}.`)
  return found
}

function listsIn({ list }: { list?: string }): boolean {
  if (list === undefined || list === 'duplicates') return list !== undefined
  throw new YujingError('request.invalid', 'list must be: duplicates.')
}

function senderRights({ sources, types, areas, rights }: Identity): SenderRights {
  return { sources, types, areas, backfill: rights.backfill, retracts: rights.retracts }
}

function metaOf({ headers }: IncomingMessage) {
  const { 'content-type': contentType, 'content-encoding': contentEncoding } = headers
  return { contentType, contentEncoding, headers: singleHeaders(headers) }
}

function singleHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const single: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) if (typeof value === 'string') single[name] = value
  return single
}
