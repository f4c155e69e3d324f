import type { StoredAlert } from '../model/alert.ts'
import type { Logger } from '../telemetry/logger.ts'
import { NOT_ARCHIVED } from './archive/at-hand.ts'
import type { Directory } from './ports/directory.ts'
import type { Save } from './stages/save.ts'

/**
 * Names an alert that opened under its enterprise's code because the name was not there in time: asks once more, and
 * nobody waits for it. Never rejects; what fails here the alert's next finding makes good.
 */
export function createLateName(parts: {
  readonly directory: Directory
  readonly save: Save
  readonly time: () => string
  readonly logger: Logger
  readonly signal: AbortSignal
}): (opened: StoredAlert) => Promise<void> {
  const { directory, save, time, logger, signal } = parts
  return async ({ id, subject: { kind, key, name } }) => {
    if (kind !== 'enterprise' || name !== key) return
    try {
      const found = await directory.name(key)
      if (found === null || signal.aborted) return
      await save(id, NOT_ARCHIVED, (now) => (now?.subject.name === key ? named(now, found, time()) : now))
    } catch (error) {
      if (!signal.aborted) logger.warn({ err: error, alert: id }, 'the name of the enterprise is looked up later')
    }
  }
}

function named(now: StoredAlert, name: string, at: string): StoredAlert {
  return { ...now, subject: { ...now.subject, name }, updatedAt: at, receivedAt: null }
}
