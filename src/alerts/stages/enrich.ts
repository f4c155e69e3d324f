import { ExponentialBackoff, handleWhenResult, retry, TimeoutStrategy, timeout } from 'cockatiel'
import type { LoggedEvent } from '../../model/event.ts'
import type { Finding } from '../../model/finding.ts'
import type { Logger } from '../../telemetry/logger.ts'
import { addressInWords } from '../address-in-words.ts'
import type { Verdict } from '../change.ts'
import type { Directory } from '../ports/directory.ts'
import type { EventResolver } from '../ports/event-resolver.ts'

/** An alert must reach its officer within a second: what cannot be looked up in half of one comes later. */
const PATIENCE_MS = 500
/** A name is not worth as much: the code stands in for it until it comes. */
const NAME_PATIENCE_MS = 50

type Events = readonly (LoggedEvent | null)[]

/**
 * Looks up what a finding only points at: source and id of its events, the name of its subject. Of findings that are
 * saved together only the newest evidence survives, so only that is looked up.
 *
 * The store may be a little behind the log, so before an alert's first save it is asked again for a moment; what is
 * still missing counts as pending and is looked up later. Whoever cannot be asked never holds an alert up, and nobody is
 * asked for what is in hand: that is the rule while events stream in, whatever else the store has to do.
 */
export function createEnrich(ports: { events: EventResolver; directory: Directory; logger: Logger }) {
  const { events, directory, logger } = ports
  const limit = timeout(PATIENCE_MS, TimeoutStrategy.Aggressive)
  const nameLimit = timeout(NAME_PATIENCE_MS, TimeoutStrategy.Aggressive)
  const again = retry(
    handleWhenResult((found) => (found as Events).includes(null)),
    { maxAttempts: 4, backoff: new ExponentialBackoff({ initialDelay: 30, maxDelay: 200 }) },
  )

  async function resolve(finding: Finding, opening: boolean): Promise<Events> {
    const { epoch } = finding.evidence.position
    const positions = finding.evidence.events.map(({ seq, index }) => ({ epoch, seq, index }))
    if (positions.length === 0) return []
    const inHand = events.inHand(positions)
    if (!inHand.includes(null)) return inHand
    const ask = () => events.eventsAt(positions)
    try {
      return await limit.execute(({ signal }) => (opening ? again.execute(ask, signal) : ask()))
    } catch (error) {
      logger.warn({ err: error, alert: finding.alertId }, 'events of the evidence cannot be looked up now')
      return events.inHand(positions)
    }
  }

  async function registeredName({ alertId, key }: Finding): Promise<string | null> {
    if (key.kind !== 'enterprise') return null
    try {
      return await nameLimit.execute(() => directory.name(key.key))
    } catch (error) {
      logger.debug({ err: error, alert: alertId }, 'the name of the enterprise cannot be looked up now')
      return null
    }
  }

  /** The findings of one alert, oldest first, as verdicts; `opening` when the alert was never saved. */
  return async (findings: readonly Finding[], opening: boolean): Promise<readonly Verdict[]> => {
    const newest = findings.findLast(({ kind }) => kind !== 'end')
    if (newest === undefined) return findings.map(asItCame)
    const [found, registered] = await Promise.all([resolve(newest, opening), registeredName(newest)])
    const name = newest.key.kind === 'address' ? addressInWords(newest.key.key, found) : registered
    return findings.map((finding) => (finding === newest ? { finding, name, ...references(found) } : asItCame(finding)))
  }
}

/** The events found as references, and how many were not. */
export function references(found: Events): Required<Pick<Verdict, 'events' | 'eventsPending' | 'places'>> {
  const resolved = found.filter((event) => event !== null)
  return {
    events: resolved.map(({ source, id }) => ({ source, id })),
    eventsPending: found.length - resolved.length,
    places: { events: resolved.map(({ region }) => region), enterprises: countiesOf(resolved) },
  }
}

/** Where an enterprise belongs its registration says; of one that none of the events registers, where it was seen. */
function countiesOf(events: readonly LoggedEvent[]): Record<string, string> {
  const counties: Record<string, string> = {}
  for (const registers of [false, true]) {
    for (const { type, subject, region } of events.toReversed()) {
      if (subject !== '' && type.startsWith('enterprise.') === registers) counties[subject] = region
    }
  }
  return counties
}

function asItCame(finding: Finding): Verdict {
  return { finding, events: [], eventsPending: finding.evidence.events.length, name: null }
}
