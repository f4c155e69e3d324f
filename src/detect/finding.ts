import type { Finding, FindingKind } from '../model/finding.ts'
import type { Moment } from './cell.ts'
import type { Episode } from './episode.ts'
import type { Judgement } from './judgement.ts'
import type { ParametersInForce } from './parameters.ts'
import type { Plan } from './plan.ts'
import type { Contribution } from './windows/contributions.ts'

/** Most credit codes a finding names. */
const MAX_ENTERPRISES = 64

/** Puts a finding together from what was decided. `shown` is the window it speaks of. */
export function findingOf(parts: {
  readonly kind: FindingKind
  readonly plan: Plan
  readonly parameters: ParametersInForce
  readonly moment: Moment
  readonly episode: Episode
  readonly shown: Judgement
  /** Contributing events of the shown window, newest first. */
  readonly contributions: readonly Contribution[]
}): Finding {
  const { kind, moment, episode, shown, contributions, parameters } = parts
  const { detector } = parts.plan
  const { verdict, view, window } = shown
  const { key } = moment.touch
  const subjects = new Set(contributions.map(({ subject }) => subject).filter((subject) => subject !== ''))
  return {
    kind,
    alertId: episode.alertId,
    detector: detector.id,
    detectorVersion: detector.version,
    code: detector.code,
    key: { kind: detector.keyKind, key },
    anchor: episode.anchor,
    level: verdict.level ?? episode.lastLevel,
    title: detector.title,
    summary: detector.sentence(verdict, view, parameters.values),
    evidence: {
      observed: verdict.observed,
      expected: verdict.expected,
      threshold: verdict.threshold,
      probability: verdict.probability,
      from: window.from,
      to: window.to,
      series: detector.series(view),
      reason: verdict.reason,
      events: contributions.map(({ seq, index }) => ({ seq, index })),
      eventsTotal: window.events,
      position: moment.event.position,
    },
    due: moment.due,
    parameters: parameters.values,
    parametersVersion: parameters.version,
    firstEventTime: episode.firstEventTime,
    lastEventTime: episode.lastEventTime,
    region: episode.region,
    regions: [...episode.regions],
    industry: episode.industry,
    enterprises: detector.keyKind === 'enterprise' ? [key] : [...subjects].slice(0, MAX_ENTERPRISES),
    historic: episode.historic,
    test: episode.test,
    logTime: moment.logTime,
  }
}
