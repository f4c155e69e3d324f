import type { Alert } from '../model/alert.ts'
import { placesOf } from '../model/alert-places.ts'
import type { Identity, Role } from './identity.ts'
import { canSee, coversAll, inAreas } from './scope.ts'

/**
 * What one reader sees of an alert. One projection per role, the same for the list, the single alert, an action's
 * answer and a frame of the live feed.
 *
 *     alert within the reader's scope          whole, the very same object
 *     alert over several counties              cut to what is known to lie in scope
 *     alert that does not meet the scope       null: for this reader it does not exist
 *
 * Each enterprise and each event of the evidence has its county (`AlertPlaces`); what is not known to lie in scope is
 * hidden (least knowledge). So an alert over several counties loses: counties outside, and the opening county and the
 * leading office if they are among them; the name of a subject that is no enterprise; enterprises and events whose county
 * is outside or unknown (`hidden` says how many enterprises); the series, the sentence, the reasons and the notes, which
 * name numbers and places of the whole. Counts are those of the reader's own events, of the newest 64. Level, title,
 * status, measure, deadlines and the threshold stay: the reader has a task of their own in it.
 */
export function project(identity: Identity, alert: Alert): Alert | null {
  return PROJECTIONS[identity.role](identity, alert)
}

const PROJECTIONS: Record<Role, (identity: Identity, alert: Alert) => Alert | null> = {
  ingest: () => null,
  supervisor: cutToScope,
  viewer: cutToScope,
  admin: (_identity, alert) => alert,
}

export const ELSEWHERE = {
  zh: '涉及其他辖区，由上级牵头。',
  en: 'Concerns other districts as well; the common superior leads.',
}

/** Counties an alert touches, the opening one included. */
function touched(alert: Alert): readonly string[] {
  return alert.regions.includes(alert.region) ? alert.regions : [alert.region, ...alert.regions]
}

function cutToScope(identity: Identity, alert: Alert): Alert | null {
  const regions = touched(alert)
  if (coversAll(identity, regions)) return alert
  if (!canSee(identity, regions)) return null
  const places = placesOf(alert)
  const mine = regions.filter((region) => inAreas(identity.areas, region))
  const enterprises = alert.subject.enterprises.filter((code) => {
    if (alert.subject.kind === 'enterprise' && code === alert.subject.key) return true
    const region = places.enterprises[code]
    return region !== undefined && inAreas(identity.areas, region)
  })
  const events = alert.evidence.events.filter((_, at) => {
    const region = places.events[at]
    return region !== undefined && inAreas(identity.areas, region)
  })
  return {
    ...alert,
    summary: ELSEWHERE,
    subject: {
      ...alert.subject,
      name: alert.subject.kind === 'enterprise' ? alert.subject.name : alert.subject.key,
      enterprises,
      hidden: alert.subject.hidden + alert.subject.enterprises.length - enterprises.length,
    },
    region: mine.includes(alert.region) ? alert.region : (mine[0] ?? ''),
    regions: mine,
    office: alert.office !== null && inAreas(identity.areas, alert.office) ? alert.office : null,
    evidence: {
      ...alert.evidence,
      observed: Math.min(alert.evidence.observed, events.length),
      expected: null,
      probability: null,
      events,
      eventsTotal: events.length,
      eventsPending: 0,
      series: [],
    },
    recommendation: { ...alert.recommendation, because: [ELSEWHERE] },
    history: alert.history.map(({ note: _note, ...entry }) => entry),
  }
}
