import { bulkhead, TimeoutStrategy, timeout } from 'cockatiel'
import type { StoredAlert } from '../model/alert.ts'
import type { LoggedEvent } from '../model/event.ts'
import type { Logger } from '../telemetry/logger.ts'
import { addressInWords } from './address-in-words.ts'
import { NOT_ARCHIVED } from './archive/at-hand.ts'
import type { EventResolver } from './ports/event-resolver.ts'
import { references } from './stages/enrich.ts'
import type { Save } from './stages/save.ts'

/** Alerts looked up in one go: one question for all. */
const MOST_AT_ONCE = 200
/** Of those at most so many are saved side by side, so that openings go on. */
const MOST_SAVED_AT_ONCE = 4
/** Nobody waits for this, but a lookup that never ends must not end the looking. */
const LIMIT_MS = 10_000

/**
 * Looks up again what was not to be found when an alert was saved, for the alerts that have waited longest. Only an
 * answer that knows more than the alert is written, and only onto the evidence it was asked for. Gives up nothing: what
 * stays unknown is asked again the next time.
 */
export function createPendingEvidence(parts: {
  readonly events: EventResolver
  readonly pending: (most: number) => readonly StoredAlert[]
  readonly save: Save
  readonly time: () => string
  readonly logger: Logger
  /** When aborted, a lookup under way is given up. */
  readonly signal: AbortSignal
}): () => Promise<void> {
  const { events, pending, save, time, logger, signal } = parts
  const limit = timeout(LIMIT_MS, TimeoutStrategy.Aggressive)
  return async () => {
    const alerts = pending(MOST_AT_ONCE)
    if (alerts.length === 0) return
    try {
      const positions = alerts.map(({ evidence, eventPositions }) =>
        eventPositions.map(({ seq, index }) => ({ epoch: evidence.position.epoch, seq, index })),
      )
      const found = [...(await limit.execute(() => events.eventsAt(positions.flat()), signal))]
      const saving = bulkhead(MOST_SAVED_AT_ONCE, Number.POSITIVE_INFINITY)
      const saved = alerts.map((alert) => {
        const mine = found.splice(0, alert.eventPositions.length)
        if (references(mine).eventsPending >= alert.evidence.eventsPending) return null
        return saving.execute(() => save(alert.id, NOT_ARCHIVED, (now) => completed(now, alert, mine, time())))
      })
      await Promise.all(saved)
    } catch (error) {
      logger.warn({ err: error, alerts: alerts.length }, 'pending events of the evidence cannot be looked up now')
    }
  }
}

function completed(
  now: StoredAlert | null,
  asked: StoredAlert,
  events: readonly (LoggedEvent | null)[],
  at: string,
): StoredAlert | null {
  const { places, ...found } = references(events)
  if (now === null || now.evidence.eventsPending <= found.eventsPending) return now
  const { position } = now.evidence
  const { seq, index } = asked.evidence.position
  if (position.epoch !== asked.evidence.position.epoch || position.seq !== seq || position.index !== index) return now
  const { kind, key, name } = now.subject
  const words = kind === 'address' ? addressInWords(key, events) : null
  return {
    ...now,
    subject: { ...now.subject, name: words ?? name },
    evidence: { ...now.evidence, ...found },
    places: { events: places.events, enterprises: { ...now.places?.enterprises, ...places.enterprises } },
    updatedAt: at,
    receivedAt: null,
  }
}
