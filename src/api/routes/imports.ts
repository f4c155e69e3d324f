import { Type } from '@sinclair/typebox'
import { ImportBegin, ImportProgress, ImportRun, RunId } from '../../model/import-run.ts'
import { grantOf } from '../authentication.ts'
import type { ImportRuns } from '../port-imports.ts'
import { answers } from '../schemas/common.ts'
import type { Server } from '../server.ts'

const Id = Type.Object({ run: RunId })

/** Runs of `yujing import`: told by the command, shown by the console. */
export function importRoutes(server: Server, runs: ImportRuns): void {
  server.get(
    '/v1/imports',
    {
      config: { access: 'imports.read' },
      schema: {
        tags: ['imports'],
        summary: 'Running and past imports, newest first',
        description:
          'An administrator sees those of everybody, a sender its own. `stalled`: running, and silent for a minute.',
        response: answers({ 200: Type.Object({ items: Type.Array(ImportRun) }) }),
      },
    },
    async (request) => ({ items: runs.list(grantOf(request).identity) }),
  )

  server.post(
    '/v1/imports/:run',
    {
      config: { access: 'imports.write' },
      schema: {
        tags: ['imports'],
        summary: 'Begin a run, or go on with it',
        params: Id,
        body: ImportBegin,
        response: answers({ 201: ImportRun }),
      },
    },
    async (request, reply) =>
      reply.code(201).send(await runs.begin(request.params.run, request.body, grantOf(request).identity)),
  )

  server.put(
    '/v1/imports/:run',
    {
      config: { access: 'imports.write' },
      schema: {
        tags: ['imports'],
        summary: 'Tell how far a run is',
        params: Id,
        body: ImportProgress,
        response: answers({ 200: ImportRun }),
      },
    },
    async (request) => runs.tell(request.params.run, request.body, grantOf(request).identity),
  )
}
