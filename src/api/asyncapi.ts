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

/**
 * The description of the live feed with the inboxes of sources beside it: all that goes over the wire without a request.
 * AsyncAPI 3.
 */
export function withInboxes(feed: object): object {
  const { channels, operations, components, ...rest } = feed as Document
  return {
    ...rest,
    servers: {
      service: hostedAt('127.0.0.1:8080', 'ws', 'The service itself; https in front of it makes it wss.'),
      nats: hostedAt(
        '127.0.0.1:4222',
        'nats',
        'User and password: `yujing key add --inbox NAME`; the inbox prefix of the client must be `_INBOX.NAME`.',
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
        messages: refs('#/components/messages'),
      },
    },
    operations: {
      ...operations,
      takeFromInbox: {
        action: 'receive',
        channel: { $ref: '#/channels/inbox' },
        messages: Object.values(refs('#/channels/inbox/messages')),
      },
    },
    components: { ...components, messages: { ...components?.messages, ...MESSAGES } },
  }
}

function hostedAt(host: string, protocol: string, description: string): object {
  return { host: '{host}', protocol, description, variables: { host: { default: host } } }
}

function inLive(channels: object = {}): object {
  const servers = [{ $ref: '#/servers/service' }]
  return Object.fromEntries(Object.entries(channels).map(([name, channel]) => [name, { ...channel, servers }]))
}

function refs(under: string): Record<string, { readonly $ref: string }> {
  return Object.fromEntries(Object.keys(MESSAGES).map((name) => [name, { $ref: `${under}/${name}` }]))
}
