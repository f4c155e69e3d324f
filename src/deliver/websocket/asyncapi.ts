import type { TSchema } from '@sinclair/typebox'
import { CLOSE } from './close-codes.ts'
import { AlertChanged, Gone, Hello, Pulse, Reset, Subscribe } from './messages.ts'

/** Message name, what it says, and its shape. */
type Described = readonly [name: string, summary: string, payload: TSchema]

const FROM_CLIENT: readonly Described[] = [
  [
    'subscribe',
    'Begin, or begin anew with another cursor or filter. Without `after` only later changes follow.',
    Subscribe,
  ],
]
const FROM_SERVER: readonly Described[] = [
  ['hello', 'After each subscribe.', Hello],
  [
    'alert',
    'Latest state of an alert changed after the cursor, in offset order; applying one twice is harmless.',
    AlertChanged,
  ],
  ['gone', 'An alert no longer matches filter or scope.', Gone],
  ['reset', 'The cursor cannot be followed: reload the list and subscribe after its cursor.', Reset],
  ['pulse', 'Every 2 s: how far everything matching has been sent, and how fresh it is.', Pulse],
]

/** AsyncAPI 3 description of the live feed, made of the very schemas that check it. */
export function describeFeed(): object {
  const described = [...FROM_CLIENT, ...FROM_SERVER]
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Yujing 预警: live feed and inboxes',
      version: '1',
      description: `Cursor {epoch, offset}. Close codes: ${closeCodes()}.`,
    },
    channels: {
      live: {
        address: '/v1/live',
        description:
          'Authorization header, session cookie with Origin of this host, or a ticket of POST /v1/live/ticket as subprotocols `yujing.v1, ticket.X`. Ping every 15 s.',
        messages: Object.fromEntries(described.map(([name]) => [name, { $ref: `#/components/messages/${name}` }])),
        bindings: { ws: { method: 'GET' } },
      },
    },
    operations: {
      subscribe: operation('receive', FROM_CLIENT),
      follow: operation('send', FROM_SERVER),
    },
    components: {
      messages: Object.fromEntries(
        described.map(([name, summary, payload]) => [
          name,
          { name, summary, contentType: 'application/json', payload },
        ]),
      ),
    },
  }
}

/** `action` is the service's: it receives what clients say. */
function operation(action: 'send' | 'receive', messages: readonly Described[]): object {
  return {
    action,
    channel: { $ref: '#/channels/live' },
    messages: messages.map(([name]) => ({ $ref: `#/channels/live/messages/${name}` })),
  }
}

function closeCodes(): string {
  return Object.entries(CLOSE)
    .map(([name, code]) => `${code} ${name}`)
    .join(', ')
}
