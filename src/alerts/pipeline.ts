import type { StoredAlert } from '../model/alert.ts'
import type { Finding } from '../model/finding.ts'
import { HOWEVER_OLD } from './archive/at-hand.ts'
import type { AlertDropReason, Arrival, Change, Dropped, Verdict } from './change.ts'
import { grade } from './stages/grade.ts'
import { type FindingPlace, isAtOrBefore, merge, placeApplied, placeOf } from './stages/merge.ts'
import { type AlertsOfSubject, createRecommend } from './stages/recommend.ts'
import { route } from './stages/route.ts'
import type { Save, Saved } from './stages/save.ts'

export interface Pipeline {
  readonly enrich: (findings: readonly Finding[], opening: boolean) => Promise<readonly Verdict[]>
  readonly save: Save
  readonly known: (id: string) => StoredAlert | null
  readonly alertsOfSubject: AlertsOfSubject
  /** The desk's time, RFC 3339. */
  readonly time: () => string
  readonly dropped: (reason: AlertDropReason) => void
}

/**
 * What happens to the findings of one alert, oldest first. To change the policy, move a word:
 *
 *     enrich -> merge -> grade -> recommend -> route -> save
 *                     ^                             ^
 *                     suppress, fold                schedule     (stand here once they are built)
 *
 * Resolves with what was saved, null when there was nothing to save; a batch of findings all seen before stops at once.
 */
export function createPipeline(parts: Pipeline): (findings: readonly Finding[]) => Promise<Saved | null> {
  const { enrich, save, known, alertsOfSubject, time, dropped } = parts
  const policy = line(merge, grade, createRecommend(alertsOfSubject), route)

  return async (findings) => {
    const [first] = findings
    if (first === undefined) return null
    const before = known(first.alertId)
    const fresh = unseen(findings, before === null ? null : placeApplied(before))
    const verdicts = fresh.length === 0 ? [] : await enrich(fresh, before === null)
    const reasons: AlertDropReason[] = []
    // An alert is no older than the finding that opens it; any other kind speaks of one that was there before.
    const since = first.kind === 'open' ? first.logTime : HOWEVER_OLD
    const decided = (now: StoredAlert | null) => decide(policy, verdicts, now, reasons)
    const saved = fresh.length === 0 ? null : await save(first.alertId, since, decided)
    for (let seen = findings.length - fresh.length; seen > 0; seen -= 1) dropped('already-applied')
    for (const reason of reasons) dropped(reason)
    return saved
  }

  function decide(
    apply: Policy,
    verdicts: readonly Verdict[],
    entry: StoredAlert | null,
    reasons: AlertDropReason[],
  ): StoredAlert | null {
    reasons.length = 0
    const at = time()
    let alert = entry
    for (const verdict of verdicts) {
      const outcome = apply({ verdict, before: alert, at })
      if ('dropped' in outcome) reasons.push(outcome.dropped)
      else alert = outcome.alert
    }
    return alert
  }
}

/** Without the findings that the alert, or one before them in the batch, has left behind: nothing is looked up for those. */
function unseen(findings: readonly Finding[], applied: FindingPlace | null): readonly Finding[] {
  let last = applied
  return findings.filter((finding) => {
    const place = placeOf(finding)
    if (last !== null && isAtOrBefore(place, last)) return false
    last = place
    return true
  })
}

type Policy = (arrival: Arrival) => Change | Dropped

/** One stage after the other; a dropped finding goes no further. */
function line(first: Policy, ...stages: readonly ((change: Change) => Change)[]): Policy {
  return (arrival) => {
    const opening = first(arrival)
    if ('dropped' in opening) return opening
    return stages.reduce((change, stage) => stage(change), opening)
  }
}
