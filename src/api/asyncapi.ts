import { EventBodies, EventHeaders } from './schemas/cloud-event.ts'

interface Document {
  readonly channels?: object
  readonly operations?: object
  readonly components?: { readonly messages?: object }
}

const BODIES = EventBodies.content

/** Ways in which a message of an inbox holds events, by the binding of CloudEvents to NATS. */
const MESSAGES = {
  structuredEvent: {
    name: 'structuredEvent',
    summary: 'One event in the JSON format; also meant where no header says anything.',
    contentType: 'application/cloudevents+json',
    payload: BODIES['application/cloudevents+json'].schema,
  },
  eventBatch: {
    name: 'eventBatch',
    summary: 'Several events in the JSON format.',
    contentType: 'application/cloudevents-batch+json',
    payload: BODIES['application/cloudevents-batch+json'].schema,
  },
  binaryEvent: {
    name: 'binaryEvent',
    summary: 'The attributes in ce-* headers (percent-encoded UTF-8), the data as payload.',
    contentType: 'application/json',
    headers: EventHeaders,
    payload: BODIES['application/json'].schema,
  },
}

/** What goes out for others. */
const EXPORTED = {
  exportedEvent: {
    name: 'exportedEvent',
    summary: 'One event in the JSON format, without anybody in it who is a person. History (backfill) is not told.',
    contentType: 'application/cloudevents+json',
    headers: {
      type: 'object',
      properties: {
        'Nats-Msg-Id': { type: 'string', description: 'Place in the log, <epoch>-<seq>-<index>: ascends, each once' },
      },
    },
    payload: BODIES['application/cloudevents+json'].schema,
  },
}

/**
 * The description of the live feed with the inboxes of sources and the export beside it: all that goes over the wire
 * without a request. AsyncAPI 3.
 */
export function withNats(feed: object): object {
  const { channels, operations, components, ...rest } = feed as Document
  return {
    ...rest,
    servers: {
      service: hostedAt('127.0.0.1:8080', 'ws', 'The service itself; https in front of it makes it wss.'),
      nats: hostedAt(
        '127.0.0.1:4222',
        'nats',
        'User and password: `yujing key add --inbox NAME` or `--export NAME`; the inbox prefix of the client must be `_INBOX.NAME`.',
      ),
    },
    channels: {
      ...inLive(channels),
      inbox: {
        address: 'yujing.inbox.{name}.{lane}',
        description:
          'Kept for seven days at most and read in order. Publish by JetStream and wait for its acknowledgement: then the ' +
          'message is kept. What is refused lies in quarantine. The same source and id again is a duplicate.',
        servers: [{ $ref: '#/servers/nats' }],
        parameters: {
          name: { description: 'Name of the inbox, which is that of its user' },
          lane: { description: 'Tokens of your own; `batch` first asks for the lane of imports', default: 'live' },
        },
        messages: refs(MESSAGES, '#/components/messages'),
      },
      export: {
        address: 'yujing.export.{type}',
        description:
          'Each event in the order of the log, from the first key of a reader on (`yujing key add --export NAME`). Whoever ' +
          'subscribes hears what comes now. The stream YUJING_EXPORT keeps a week, at most a quarter of LOG_MAX_BYTES: ' +
          'fetch through the consumer `export-NAME` (`export-NAME-<type>` for each type of a limited key), which keeps its ' +
          'place; whoever stays away longer misses the oldest. A correction is an event of its own (`retracts`).',
        servers: [{ $ref: '#/servers/nats' }],
        parameters: { type: { description: 'Type of the event' } },
        messages: refs(EXPORTED, '#/components/messages'),
      },
    },
    operations: {
      ...operations,
      takeFromInbox: {
        action: 'receive',
        channel: { $ref: '#/channels/inbox' },
        messages: Object.values(refs(MESSAGES, '#/channels/inbox/messages')),
      },
      sendExported: {
        action: 'send',
        channel: { $ref: '#/channels/export' },
        messages: Object.values(refs(EXPORTED, '#/channels/export/messages')),
      },
    },
    components: { ...components, messages: { ...components?.messages, ...MESSAGES, ...EXPORTED } },
  }
}

function hostedAt(host: string, protocol: string, description: string): object {
  return { host: '{host}', protocol, description, variables: { host: { default: host } } }
}

function inLive(channels: object = {}): object {
  const servers = [{ $ref: '#/servers/service' }]
  return Object.fromEntries(Object.entries(channels).map(([name, channel]) => [name, { ...channel, servers }]))
}

function refs(messages: object, under: string): Record<string, { readonly $ref: string }> {
  return Object.fromEntries(Object.keys(messages).map((name) => [name, { $ref: `${under}/${name}` }]))
}
