import { Type } from '@sinclair/typebox'
import { canSee } from '../../access/scope.ts'
import { YujingError } from '../../model/errors.ts'
import { Position } from '../../model/schema.ts'
import { grantOf } from '../authentication.ts'
import type { Detectors } from '../port-detectors.ts'
import type { HistoryStore } from '../port-store.ts'
import { answers } from '../schemas/common.ts'
import type { Server } from '../server.ts'

const Id = Type.Object({ id: Type.String({ maxLength: 100 }) })
const Open = Type.Object({}, { additionalProperties: true })
const Parameters = Type.Record(Type.String({ maxLength: 100 }), Type.Number())

/** The detectors, their parameters, and why one of them is quiet about a key. */
export function detectorRoutes(server: Server, detectors: Detectors, store: HistoryStore): void {
  server.get(
    '/v1/detectors',
    {
      config: { access: 'detectors.read' },
      schema: {
        tags: ['detectors'],
        summary: 'Every detector with the parameters in force',
        response: answers({ 200: Type.Object({ items: Type.Array(Open) }) }),
      },
    },
    async () => ({ items: detectors.list() }),
  )

  server.put(
    '/v1/detectors/:id/params',
    {
      config: { access: 'detectors.tune' },
      schema: {
        tags: ['detectors'],
        summary: 'Set parameters; they hold from the position answered',
        description: 'Names left out stay as they are.',
        params: Id,
        body: Parameters,
        response: answers({
          200: Type.Object({
            detector: Type.String(),
            version: Type.Integer(),
            parameters: Parameters,
            position: Position,
          }),
        }),
      },
    },
    async (request) => {
      const { id } = request.params
      const set = await detectors.setParameters(id, request.body, grantOf(request).identity.id)
      return { detector: id, ...set }
    },
  )

  server.post(
    '/v1/detectors/:id/backtest',
    {
      config: { access: 'detectors.tune' },
      schema: {
        tags: ['detectors'],
        summary: 'Judge stored history again with other parameters',
        description: 'Answers when it is done; one at a time. Nothing is written; ends when the caller goes away.',
        params: Id,
        body: Type.Object({
          from: Type.String({ maxLength: 10, description: 'First business day, 2026-08-01' }),
          to: Type.String({ maxLength: 10, description: 'The business day after the last' }),
          parameters: Type.Optional(Parameters),
          judgeBackfill: Type.Optional(
            Type.Boolean({ description: 'Judge imported history as if it had come in live' }),
          ),
        }),
        response: answers({ 200: Open }),
      },
    },
    async (request, reply) => {
      const { from, to, parameters = {}, judgeBackfill: judgesBackfill = false } = request.body
      const gone = new AbortController()
      reply.raw.once('close', () => gone.abort())
      return detectors.backtest(request.params.id, { from, to, parameters, judgesBackfill }, gone.signal)
    },
  )

  server.get(
    '/v1/detectors/:id/explain',
    {
      config: { access: 'detectors.explain' },
      schema: {
        tags: ['detectors'],
        summary: 'Windows and threshold of one key, and why there is no alert',
        params: Id,
        querystring: Type.Object({ key: Type.String({ minLength: 1, maxLength: 200 }) }),
        response: answers({ 200: Open }),
      },
    },
    async (request) => {
      const { identity } = grantOf(request)
      const { id } = request.params
      const { key } = request.query
      const detector = detectors.list().find((known) => known.id === id)
      if (detector === undefined) throw new YujingError('not-found')
      if (identity.areas !== 'all') {
        // Only an enterprise is known to lie in a county; counts of any other key may come from everywhere.
        const record = detector.keyKind === 'enterprise' ? await store.enterprise(key) : null
        if (record === null || !canSee(identity, [record.region])) throw new YujingError('not-found')
      }
      const explanation = await detectors.explain(id, key)
      if (explanation === null) throw new YujingError('not-found', 'The detector holds nothing about this key.')
      return explanation
    },
  )
}
