import { detectorOf } from '../detectors/index.ts'
import { replayKey } from './detect/replay-key.ts'
import type { Alert } from './model/alert.ts'
import { YujingError } from './model/errors.ts'
import type { EventRef } from './model/event.ts'
import type { Finding } from './model/finding.ts'
import type { Store } from './store/store.ts'

/** What an alert's numbers are when they are counted again from stored history up to the position of its evidence. */
export interface Verification {
  /** The same numbers; others; or the version of the detector that said so is no longer in the code. */
  readonly result: 'reproduced' | 'differs' | 'version-retired'
  /** Counted again; null when nothing is found at that position, or by that version. */
  readonly observed: number | null
  readonly threshold: number | null
  /** Contributing events, newest first, at most 64; `eventsTotal` counts all. */
  readonly events: readonly EventRef[]
  readonly eventsTotal: number
  /** In words, which numbers differ. */
  readonly differences: readonly string[]
}

/** The members of an alert that history is held against. */
type Proved = Pick<Alert, 'id' | 'detector' | 'detectorVersion' | 'subject' | 'evidence'>

const NOTHING = { observed: null, threshold: null, events: [], eventsTotal: 0 }

/**
 * Judges alerts again from history: a function of what is stored, so the same answer on any machine and in any year.
 *
 * The answer rejects with `store.unavailable` while ClickHouse is away or has not yet got what the alert rests on.
 *
 * @param log the present log and how far of it ClickHouse has everything: a batch comes table by table, and events that
 *   can be read may lack the control entries before them for a moment
 */
export function createVerification(
  store: Pick<Store, 'keyHistory' | 'eventsAt' | 'hasControl'>,
  log: { readonly epoch: string; storedUpTo(): Promise<number | null> },
) {
  return async function verify(alert: Proved): Promise<Verification> {
    const { evidence, subject } = alert
    const detector = detectorOf(alert.detector)
    if (detector === undefined || detector.version !== alert.detectorVersion)
      return { result: 'version-retired', ...NOTHING, differences: [] }
    const due = evidence.due ? Date.parse(evidence.due) : null
    const isWhole = evidence.position.epoch !== log.epoch || evidence.position.seq <= ((await log.storedUpTo()) ?? 0)
    const isStored =
      isWhole &&
      ((await store.eventsAt([evidence.position])).length > 0 ||
        (due !== null && (await store.hasControl(evidence.position))))
    if (!isStored)
      throw new YujingError('store.unavailable', 'The events of this alert are not in the history store yet.')
    const types = Object.keys(detector.latenessDays)
    const waits = detector.deadlines !== undefined
    const wanted = {
      kind: detector.keyKind,
      key: subject.key,
      types,
      detector: detector.id,
      waits,
      upTo: evidence.position,
    }
    const { events, controls } = await store.keyHistory(wanted)
    const { epoch, seq, index } = evidence.position
    const findings = replayKey({ detector, key: subject.key, events, controls, ...(due !== null && { until: due }) })
    const finding = findings.findLast(({ alertId, due: instant, evidence: { position } }) => {
      // Where log time passed an instant only a whole log knows.
      if (due !== null) return alertId === alert.id && instant === due
      return alertId === alert.id && position.epoch === epoch && position.seq === seq && position.index === index
    })
    if (finding === undefined) return { result: 'differs', ...NOTHING, differences: ['no finding at that position'] }
    const refs = new Map(
      events.map(({ position, source, id }) => [`${position.seq}/${position.index}`, { source, id }]),
    )
    const contributing = finding.evidence.events.flatMap((at) => refs.get(`${at.seq}/${at.index}`) ?? [])
    const differences = differencesOf(alert, finding)
    const { observed, threshold, eventsTotal } = finding.evidence
    const result = differences.length === 0 ? 'reproduced' : 'differs'
    return { result, observed, threshold, events: contributing, eventsTotal, differences }
  }
}

function differencesOf({ evidence }: Proved, { evidence: again }: Finding): string[] {
  const numbers = ['observed', 'expected', 'threshold', 'probability', 'eventsTotal'] as const
  return numbers
    .filter((name) => evidence[name] !== again[name])
    .map((name) => `${name}: the alert says ${evidence[name]}, history ${again[name]}`)
}
