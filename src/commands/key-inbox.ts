import type { InboxUser } from '../access/keys.ts'
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
  if (configuration !== null) {
    lines.push(
      'Add to authorization.users in the configuration of your nats-server, then reload it (nats-server --signal reload):',
      `  ${configuration}`,
    )
  }
  return `${lines.join('\n')}\n`
}

/** What the operator of a NATS that is not ours has still to do when the key of an inbox is revoked. */
export function revokedInWords(name: string, runtime: Runtime): string {
  if (runtime.natsIsOurs) return ''
  return `What user ${name} of NATS still sends is refused; remove it from the configuration of your nats-server and reload it.\n`
}
