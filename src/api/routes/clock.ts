import { Type } from '@sinclair/typebox'
import { Position } from '../../model/schema.ts'
import { grantOf } from '../authentication.ts'
import type { ClockGuard } from '../port-clock.ts'
import { answers } from '../schemas/common.ts'
import type { Server } from '../server.ts'

const Reason = Type.String({ description: 'jumped-forward, jumped-back or behind-log' })
const Status = {
  home: Type.String({ description: 'Name of the process that answers: each answers for its own clock' }),
  wall: Type.String({ description: 'The clock of the service' }),
  logTime: Type.Union([Type.String(), Type.Null()], {
    description: 'How far the log has come; null at a process that does not lead',
  }),
  offsetSeconds: Type.Number({ description: 'Wall clock minus where the monotonic clock says it should be' }),
  doubt: Type.Union([
    Type.Object({
      reason: Reason,
      bySeconds: Type.Number(),
      meaning: Type.String({ description: 'What confirming would mean' }),
    }),
    Type.Null(),
  ]),
  elsewhere: Type.Array(Type.Object({ home: Type.String(), reason: Reason }), {
    description: 'Other processes that doubt their clocks, by what they said some seconds ago: confirm each at itself',
  }),
}

/** The guarded clock: while it is in doubt `POST /v1/events` answers 503 `clock.doubtful` and log time stands still. */
export function clockRoutes(server: Server, clock: ClockGuard): void {
  server.get(
    '/v1/clock',
    {
      config: { access: 'clock.confirm' },
      schema: {
        tags: ['operations'],
        summary: 'Whether the clock of the service is in doubt, and why',
        response: answers({ 200: Type.Object(Status) }),
      },
    },
    async () => clock.status(),
  )

  server.post(
    '/v1/clock/confirm',
    {
      config: { access: 'clock.confirm' },
      schema: {
        tags: ['operations'],
        summary: 'Say that the clock is right as it stands',
        description:
          'Written into the log with the name of the key. Covers the process that answers and no other. 409 when its clock is not in doubt.',
        response: answers({ 200: Type.Object({ ...Status, position: Position }) }),
      },
    },
    async (request) => clock.confirm(grantOf(request).identity.id),
  )
}
