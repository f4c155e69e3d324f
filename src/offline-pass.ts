import { detectors as allDetectors } from '../detectors/index.ts'
import { grade } from './alerts/stages/grade.ts'
import { merge } from './alerts/stages/merge.ts'
import type { Detector } from './detect/contract.ts'
import { createShard, type DetectorState } from './detect/shard.ts'
import { ALL_PARTITIONS } from './detect/statistics/hash.ts'
import type { Alert, StoredAlert } from './model/alert.ts'
import type { Finding } from './model/finding.ts'
import type { Level } from './model/level.ts'
import type { LogMessage, StoredMessage } from './model/log-message.ts'

/** What an uninterrupted pass says of one alert; the words are those of the alert itself. */
export interface PassAlert {
  readonly id: string
  readonly detector: string
  readonly key: string
  readonly level: Level
  /** RFC 3339 in +08:00. */
  readonly firstEventTime: string
  readonly lastEventTime: string
  readonly observed: number
  readonly historic: boolean
  readonly test: boolean
  /** A correction took the verdict away and it has not held since. */
  readonly withdrawn: boolean
}

export interface OfflinePass {
  /** Every alert that the log gives rise to, by id; in the order of their openings. */
  readonly alerts: ReadonlyMap<string, PassAlert>
  /** The same alerts whole, as the desk would have saved them; what it looks up elsewhere is left open. */
  readonly saved: ReadonlyMap<string, StoredAlert>
  /** Last message folded in, 0 for none. */
  readonly position: number
  /** Messages folded in: fewer than `position` when history lacks some. */
  readonly messages: number
  /** What the state has come to, by detector. */
  readonly states: readonly Pick<DetectorState, 'detector' | 'keys' | 'episodes' | 'liveSince'>[]
  readonly findings: number
}

/**
 * One fold over the log from its first message, in one go, by the same detectors and the same desk rules as the service:
 * what the service must have come to, whatever died meanwhile. Nothing is written. Messages are those of the log, or
 * those of the store (`Store.messagesInLogOrder`), or first these and then the others.
 */
export async function passOffline(o: {
  readonly epoch: string
  readonly messages: AsyncIterable<LogMessage | StoredMessage> | Iterable<LogMessage | StoredMessage>
  readonly detectors?: readonly Detector[]
}): Promise<OfflinePass> {
  const shard = createShard({ epoch: o.epoch, detectors: o.detectors ?? allDetectors, partitions: ALL_PARTITIONS })
  const alerts = new Map<string, StoredAlert>()
  let findings = 0
  let position = 0
  let messages = 0
  for await (const message of o.messages) {
    for (const finding of 'payload' in message ? shard.apply(message) : shard.applyStored(message)) {
      findings++
      const before = alerts.get(finding.alertId) ?? null
      const alert = alertAfter(finding, before)
      if (alert !== null) alerts.set(alert.id, alert)
    }
    position = message.seq
    messages++
  }
  const states = shard
    .state()
    .map(({ detector, keys, episodes, liveSince }) => ({ detector, keys, episodes, liveSince }))
  const asTold = new Map([...alerts].map(([id, alert]) => [id, told(alert)]))
  return { alerts: asTold, saved: alerts, position, messages, states, findings }
}

/** The alert as the desk would save it if nobody but detection touched it; null when it would save nothing. */
export function alertAfter(finding: Finding, before: StoredAlert | null): StoredAlert | null {
  const verdict = { finding, events: [], eventsPending: finding.evidence.events.length, name: null }
  const outcome = merge({ verdict, before, at: '' })
  return 'dropped' in outcome ? null : grade(outcome).alert
}

/** What must be the same of an alert, wherever it comes from: from here, from the desk's bucket, over HTTP. */
export function told(alert: Judged): PassAlert {
  const { id, detector, level, firstEventTime, lastEventTime, historic, test } = alert
  const [key, observed, withdrawn] = [alert.subject.key, alert.evidence.observed, alert.outcome === 'withdrawn']
  return { id, detector, key, level, firstEventTime, lastEventTime, observed, historic, test, withdrawn }
}

/** The members of an alert that detection alone decides. */
type Judged = Pick<
  Alert,
  | 'id'
  | 'detector'
  | 'level'
  | 'firstEventTime'
  | 'lastEventTime'
  | 'historic'
  | 'test'
  | 'subject'
  | 'evidence'
  | 'outcome'
>
