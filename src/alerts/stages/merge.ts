import type { AlertEvidence, StoredAlert } from '../../model/alert.ts'
import { type AlertPlaces, NO_PLACES } from '../../model/alert-places.ts'
import type { Finding } from '../../model/finding.ts'
import { comparePositions, type Position } from '../../model/position.ts'
import { formatTime } from '../../model/time.ts'
import { type Arrival, type Change, type Dropped, type Verdict, withHistory } from '../change.ts'

/**
 * Puts a finding into its alert: the numbers, the counties, the times. What it may never touch is what officers did.
 *
 * - A finding at or before `appliedPosition` is a no-op: replay never undoes an officer's act. A finding of another
 *   log (epoch) is taken as newer: an old log's findings stand before those of its successor.
 * - The evidence is that of the newest finding other than `end`; so are title, summary and times. An `end` says that
 *   the newest window no longer holds and leaves the case as it was; it counts, and that is all.
 * - `withdrawn` closes the alert from any status. When the verdict holds again, what the withdrawal interrupted comes
 *   back: a dismissed alert is dismissed again, an open one open.
 */
export function merge(arrival: Arrival): Change | Dropped {
  const { before, verdict } = arrival
  const { finding } = verdict
  if (before === null) return opensNothing(finding) ? NOTHING_OPEN : opened(arrival)
  if (isAtOrBefore(placeOf(finding), placeApplied(before))) return ALREADY_APPLIED
  const counted: StoredAlert = {
    ...before,
    appliedPosition: finding.evidence.position,
    appliedDue: finding.due,
    findings: before.findings + 1,
    regions: united(before.regions, finding.regions),
    updatedAt: arrival.at,
    receivedAt: finding.due === null ? finding.logTime : null,
  }
  if (finding.kind === 'end') return { ...arrival, alert: counted }
  const judged: StoredAlert = {
    ...counted,
    detectorVersion: finding.detectorVersion,
    title: finding.title,
    summary: finding.summary,
    evidence: evidenceOf(verdict),
    eventPositions: finding.evidence.events,
    places: placesOf(verdict, before.places),
    industry: finding.industry === '' ? before.industry : finding.industry,
  }
  if (finding.kind === 'withdrawn') return { ...arrival, alert: withdrawn(judged, arrival) }
  const standing: StoredAlert = {
    ...judged,
    subject: subjectOf(verdict, before.subject.name),
    firstEventTime: formatTime(finding.firstEventTime),
    lastEventTime: formatTime(finding.lastEventTime),
    history: finding.correction === undefined ? judged.history : noted(judged, arrival),
  }
  return { ...arrival, alert: standing.beforeWithdrawal === null ? standing : restored(standing, arrival.at) }
}

/**
 * Whether a finding stands at or before the last one applied, in the same log; of two logs the one that comes later is the
 * newer. At one position those of instants come first, in their order, and then that of the event.
 */
export function isAtOrBefore(place: FindingPlace, applied: FindingPlace): boolean {
  if (place.position.epoch !== applied.position.epoch) return false
  const order = comparePositions(place.position, applied.position)
  if (order !== 0) return order < 0
  return (place.due ?? Number.POSITIVE_INFINITY) <= (applied.due ?? Number.POSITIVE_INFINITY)
}

/** Where a finding stands among those of its alert. */
export interface FindingPlace {
  readonly position: Position
  /** The instant that made it; null: an event. */
  readonly due: number | null
}

export function placeOf({ due, evidence: { position } }: Finding): FindingPlace {
  return { position, due }
}

/** Of the last finding that an alert has taken in. */
export function placeApplied({ appliedPosition, appliedDue = null }: StoredAlert): FindingPlace {
  return { position: appliedPosition, due: appliedDue }
}

/** What ends something, and what was there when its detector went live (DESIGN 17), goes on with an alert and opens none. */
function opensNothing({ kind, inventory }: Finding): boolean {
  return kind === 'end' || kind === 'withdrawn' || inventory === true
}

const ALREADY_APPLIED: Dropped = { dropped: 'already-applied' }
const NOTHING_OPEN: Dropped = { dropped: 'nothing-open' }

function opened(arrival: Arrival): Change {
  const { verdict, at } = arrival
  const { finding } = verdict
  const alert: StoredAlert = {
    id: finding.alertId,
    status: 'open',
    stage: 'open',
    historic: finding.historic,
    test: finding.test,
    previous: null,
    level: finding.level,
    detector: finding.detector,
    detectorVersion: finding.detectorVersion,
    code: finding.code,
    title: finding.title,
    summary: finding.summary,
    subject: subjectOf(verdict, finding.key.key),
    region: finding.region,
    regions: united([finding.region], finding.regions),
    industry: finding.industry,
    department: null,
    office: null,
    riskClass: null,
    evidence: evidenceOf(verdict),
    recommendation: { measure: null, tasks: [], because: [] },
    // Deadlines count working days, make-up days included: they come with the calendar and the stage `schedule`.
    deadlines: { acknowledge: null, verify: null, handle: null },
    findings: 1,
    firstEventTime: formatTime(finding.firstEventTime),
    lastEventTime: formatTime(finding.lastEventTime),
    openedAt: at,
    updatedAt: at,
    assignee: null,
    measures: [],
    outcome: null,
    history: [{ at, by: 'system', action: 'opened', to: 'open' }],
    appliedPosition: finding.evidence.position,
    appliedDue: finding.due,
    openedPosition: finding.evidence.position,
    eventPositions: finding.evidence.events,
    beforeWithdrawal: null,
    receivedAt: finding.due === null ? finding.logTime : null,
    places: placesOf(verdict),
  }
  return { ...arrival, alert }
}

/** Which event no longer stands, by which one, and why. */
function reasonOf({ correction, evidence }: Finding): string {
  if (correction === undefined) return evidence.reason
  const { kind, of, by, reason } = correction
  return `${kind}: ${of.source} ${of.id}, by ${by.id}${reason === '' ? '' : ` (${reason})`}`
}

function noted(alert: StoredAlert, { at, verdict }: Arrival): StoredAlert['history'] {
  return withHistory(alert, { at, action: 'corrected', note: reasonOf(verdict.finding) }).history
}

function withdrawn(alert: StoredAlert, { at, verdict }: Arrival): StoredAlert {
  if (alert.beforeWithdrawal !== null) return alert
  const { status, outcome } = alert
  const note = reasonOf(verdict.finding)
  return {
    ...withHistory(alert, { at, action: 'withdrawn', note, to: 'closed' }),
    outcome: 'withdrawn',
    beforeWithdrawal: { status, outcome },
  }
}

function restored(alert: StoredAlert, at: string): StoredAlert {
  if (alert.beforeWithdrawal === null) return alert
  const { status, outcome } = alert.beforeWithdrawal
  return { ...withHistory(alert, { at, action: 'restored', to: status }), outcome, beforeWithdrawal: null }
}

/** Of the enterprises that the newest finding names, those looked up before stay known. */
function placesOf({ finding, places = NO_PLACES }: Verdict, before: AlertPlaces = NO_PLACES): AlertPlaces {
  const known = { ...before.enterprises, ...places.enterprises }
  const named = finding.enterprises.flatMap((code) => {
    const county = known[code]
    return county === undefined ? [] : [[code, county] as const]
  })
  return { events: places.events, enterprises: Object.fromEntries(named) }
}

function evidenceOf({ finding, events, eventsPending }: Verdict): AlertEvidence {
  const { evidence } = finding
  return {
    observed: evidence.observed,
    expected: evidence.expected,
    threshold: evidence.threshold,
    from: formatTime(evidence.from),
    to: formatTime(evidence.to),
    probability: evidence.probability,
    events,
    eventsTotal: evidence.eventsTotal,
    eventsPending,
    position: evidence.position,
    due: finding.due === null ? null : formatTime(finding.due),
    series: evidence.series.map(([start, count]) => [formatTime(start), count] as const),
    params: finding.parameters,
    reason: evidence.reason,
  }
}

function subjectOf({ finding, name }: Verdict, formerName: string): StoredAlert['subject'] {
  const { kind, key } = finding.key
  return { kind, key, name: name ?? formerName, enterprises: finding.enterprises, hidden: 0 }
}

function united(a: readonly string[], b: readonly string[]): string[] {
  return [...new Set([...a, ...b])].sort()
}
