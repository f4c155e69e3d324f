import type { ExportUser, InboxUser } from '../access/keys.ts'
import { EXPORT_STREAM, exportConsumer, exportPermissions } from '../model/export-access.ts'
import type { Runtime } from './runtime.ts'

/** What a source needs to leave messages in its inbox. */
export interface InboxAccess {
  readonly url: string
  readonly user: string
  readonly password: string
  /** Where it publishes. */
  readonly subject: string
  /** What its client must be told to hear the acknowledgements of JetStream. */
  readonly inboxPrefix: string
  /** For a server that is not ours: the user as its operator adds it; null where the service has done so. */
  readonly configuration: string | null
}

/** @param password as given to the source; the user holds its bcrypt */
export function inboxAccess(user: InboxUser, password: string, runtime: Runtime): InboxAccess {
  const { name } = user
  const permissions = `{ publish: ["yujing.inbox.${name}.>"], subscribe: ["_INBOX.${name}.>"] }`
  return {
    url: runtime.natsUrl,
    user: name,
    password,
    subject: `yujing.inbox.${name}.>`,
    inboxPrefix: `_INBOX.${name}`,
    configuration: runtime.natsIsOurs
      ? null
      : `{ user: "${name}", password: "${user.password}", permissions: ${permissions} }`,
  }
}

/** The same for people. */
export function inboxInWords({ url, user, subject, inboxPrefix, configuration }: InboxAccess): string {
  const lines = [
    `NATS: ${url}  user ${user}, the key above is the password`,
    `publish to ${subject}, inbox prefix ${inboxPrefix} for acknowledgements`,
  ]
  return `${lines.join('\n')}\n${configuration === null ? '' : toConfigure(configuration)}`
}

function toConfigure(user: string): string {
  return `Add to authorization.users in the configuration of your nats-server, then reload it (nats-server --signal reload):\n  ${user}\n`
}

/** What a reader of exported events needs. */
export interface ExportAccess extends Omit<InboxAccess, 'subject'> {
  /** What it may subscribe to. */
  readonly subjects: readonly string[]
  readonly stream: string
  /** Consumers that keep its place while it is away. */
  readonly consumers: readonly string[]
}

/** @param password as given to the reader; the user holds its bcrypt */
export function exportAccess(
  { name, types, password: hashed }: ExportUser,
  password: string,
  runtime: Runtime,
): ExportAccess {
  const { publish, subscribe } = exportPermissions(name, types)
  const all = types === 'all' ? ['all'] : types
  const permissions = JSON.stringify({ publish, subscribe })
  return {
    url: runtime.natsUrl,
    user: name,
    password,
    subjects: all.map((type) => `yujing.export.${type === 'all' ? '>' : type}`),
    inboxPrefix: `_INBOX.${name}`,
    stream: EXPORT_STREAM,
    consumers: all.map((type) => exportConsumer(name, type)),
    configuration: runtime.natsIsOurs
      ? null
      : `{ user: "${name}", password: "${hashed}", permissions: ${permissions} }`,
  }
}

/** The same for people. */
export function exportInWords({
  url,
  user,
  subjects,
  stream,
  consumers,
  inboxPrefix,
  configuration,
}: ExportAccess): string {
  const lines = [
    `NATS: ${url}  user ${user}, the key above is the password`,
    `subscribe to ${subjects.join(', ')} for what comes now`,
    `or fetch from stream ${stream}, consumer ${consumers.join(', ')}, inbox prefix ${inboxPrefix}: what came while you were away waits a week`,
  ]
  return `${lines.join('\n')}\n${configuration === null ? '' : toConfigure(configuration)}`
}

/** What the operator of a NATS that is not ours has still to do when the key of an inbox is revoked. */
export function revokedInWords(name: string, runtime: Runtime): string {
  if (runtime.natsIsOurs) return ''
  return `What user ${name} of NATS still sends is refused; remove it from the configuration of your nats-server and reload it.\n`
}
