import { type Static, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { ALERT_STATUSES, type Alert } from '../../model/alert.ts'
import { AlertSchema } from '../../model/alert-schema.ts'
import { LEVELS } from '../../model/level.ts'
import { Nullable, Words } from '../../model/schema.ts'

const Text = Type.Array(Type.String({ maxLength: 200 }), { maxItems: 500 })
const Offset = Type.Integer({ minimum: 0 })
const closed = { additionalProperties: false }

/** What a client may say; a second one replaces the first. */
export const Subscribe = Type.Object(
  {
    type: Type.Literal('subscribe'),
    after: Type.Optional(Nullable(Type.Object({ epoch: Type.String({ maxLength: 100 }), offset: Offset }))),
    filter: Type.Optional(
      Nullable(
        Type.Partial(
          Type.Object({
            levels: Type.Array(Words(LEVELS)),
            statuses: Type.Array(Words(ALERT_STATUSES)),
            regions: Text,
            industries: Text,
            departments: Text,
            detectors: Text,
          }),
          closed,
        ),
      ),
    ),
  },
  closed,
)
export type Subscribe = Static<typeof Subscribe>

export const Hello = Type.Object({
  type: Type.Literal('hello'),
  epoch: Type.String(),
  offset: Type.Integer({ description: 'The last change at that moment' }),
  version: Type.Literal(1),
})

export const AlertChanged = Type.Object({
  type: Type.Literal('alert'),
  offset: Type.Integer(),
  alert: AlertSchema,
})

export const Gone = Type.Object({
  type: Type.Literal('gone'),
  offset: Type.Integer(),
  id: Type.String({ description: 'No longer matches filter or scope' }),
})

export const RESET_REASONS = ['epoch', 'ahead', 'too-old'] as const
export type ResetReason = (typeof RESET_REASONS)[number]

export const Reset = Type.Object({
  type: Type.Literal('reset'),
  reason: Words(RESET_REASONS),
})

export const Pulse = Type.Object({
  type: Type.Literal('pulse'),
  offset: Type.Integer({ description: 'Up to here everything that matches has been sent' }),
  eventsPerSecond: Type.Number(),
  lag: Type.Integer({ description: 'Log messages that detection has not judged yet' }),
  open: Type.Object(Object.fromEntries(LEVELS.map((level) => [level, Type.Integer()])), {
    description: 'Open alerts by level, within scope',
  }),
  silentSources: Type.Array(Type.String(), { description: 'Sources that should have sent and have not' }),
})

/** What the service says besides alerts, which are kept as text. */
export type ServerMessage =
  | Static<typeof Hello>
  | Static<typeof Gone>
  | Static<typeof Reset>
  | (Omit<Static<typeof Pulse>, 'silentSources' | 'open'> & { open: object; silentSources: readonly string[] })

/** The client's message, or what is wrong with it in at most 120 bytes (a close reason holds no more). */
export function readSubscribe(data: Buffer, isBinary: boolean): Subscribe | { readonly fault: string } {
  if (isBinary) return { fault: 'binary messages are not understood' }
  let value: unknown
  try {
    value = JSON.parse(data.toString('utf8'))
  } catch {
    return { fault: 'the message is not JSON' }
  }
  if (Value.Check(Subscribe, value)) return value
  const fault = Value.Errors(Subscribe, value).First()
  return { fault: `${fault?.path || '/'}: ${fault?.message ?? 'wrong'}`.slice(0, 100) }
}

const frames = new WeakMap<Alert, string>()

/** The frame of an alert; written once for all readers who see the same of it. */
export function alertFrame(alert: Alert): string {
  let frame = frames.get(alert)
  if (frame === undefined) {
    frame = JSON.stringify({ type: 'alert', offset: alert.revision, alert })
    frames.set(alert, frame)
  }
  return frame
}
