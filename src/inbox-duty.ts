import type { Keys } from './access/keys.ts'
import type { Duty } from './duty.ts'
import type { Ground } from './ground.ts'
import type { Door } from './ingest/door.ts'
import { createInboxReader } from './ingest/inbox-reader.ts'
import type { Stopping } from './stopping.ts'

/** What one replica alone does: with two readers the messages of a source would overtake one another. */
export async function startInboxes(
  ground: Pick<Ground, 'log' | 'logger' | 'metrics'>,
  { door, keys }: { readonly door: Pick<Door, 'acceptAll'>; readonly keys: InboxKeys },
  stopping: Stopping,
): Promise<{ changed(): void }> {
  const { log, logger, metrics } = ground
  const reader = createInboxReader({
    inboxes: log.inboxes,
    door,
    names: () => keys.inboxes().map(({ name }) => name),
    senderOf(name) {
      const identity = keys.inboxIdentity(name)
      if (identity === null) return null
      const { sources, types, areas, rights } = identity
      return { id: identity.id, rights: { sources, types, areas, ...rights } }
    },
    logger,
    metrics,
  })
  reader.start()
  stopping.onStop('inboxes', () => reader.stop())
  return reader
}

type InboxKeys = Pick<Keys, 'inboxes' | 'inboxIdentity'>

/**
 * Tells those concerned of each change of the keys: the nats-server who may come in, the reader which inboxes there are,
 * the export for whom it is.
 * Nothing is told before all keys are known: users missing for a moment would be cut off.
 */
export function createInboxNews(
  ground: Pick<Ground, 'letIn' | 'logger'>,
  keys: () => Pick<Keys, 'inboxes' | 'exports'>,
  duties: () => readonly Pick<Duty<{ changed(): void }>, 'current'>[],
) {
  let known = false
  let telling = Promise.resolve()

  function tell(): void {
    if (!known) return
    for (const duty of duties()) duty.current()?.changed()
    telling = telling
      .then(() => ground.letIn?.({ inboxes: keys().inboxes(), exports: keys().exports() }))
      .catch((error: unknown) => ground.logger.error({ err: error }, 'nats-server could not be told who may come in'))
  }

  return {
    tell,
    /** From now on; all keys are known. */
    begin() {
      known = true
      tell()
    },
  }
}
