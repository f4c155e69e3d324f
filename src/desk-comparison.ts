import type { StoredAlert } from './model/alert.ts'
import { type OfflinePass, type PassAlert, told } from './offline-pass.ts'

/** What an uninterrupted fold and the desk must agree on. */
const MEMBERS = ['level', 'firstEventTime', 'lastEventTime', 'observed', 'historic', 'test', 'withdrawn'] as const

/** An alert of which fold and desk do not say the same; null: it is not there. */
export interface Difference {
  readonly id: string
  readonly detector: string
  readonly key: string
  readonly kind: 'missing' | 'surplus' | 'differs'
  /** What differs, where both have it. */
  readonly members: readonly (typeof MEMBERS)[number][]
  readonly fold: PassAlert | null
  readonly desk: PassAlert | null
}

/** How the desk's alert stands to a fold that ends at a position. */
export type Standing =
  | 'agrees'
  /** Changed by what lies behind the fold's end: it cannot be compared. */
  | 'later'
  /** Opened by a log that was there before this one was created anew. */
  | 'other-log'
  /** Opened by a version of its detector that judges no more, or by what is no detector of the log. */
  | 'other-version'
  | Difference

/** Where a fold came to. */
export interface FoldEnd {
  readonly epoch: string
  readonly pass: Pick<OfflinePass, 'alerts' | 'position' | 'states'>
}

/**
 * Compares one alert. Of what the desk has, all that it was told up to the fold's end is compared and nothing else:
 *
 *     fold       1 ........................ P
 *     desk          opened        applied          compared
 *                   opened              ·  ·  applied           later, unless the fold does not know it: surplus
 *                                          ·  opened            later
 */
export function standingOf(id: string, desk: StoredAlert | null, { epoch, pass }: FoldEnd): Standing {
  const fold = pass.alerts.get(id) ?? null
  if (desk === null) return fold === null ? 'agrees' : differenceOf('missing', fold, null)
  if (desk.appliedPosition.epoch !== epoch) return 'other-log'
  const liveSince = pass.states.find(({ detector }) => detector === desk.detector)?.liveSince ?? null
  if (liveSince === null || (desk.openedPosition.epoch === epoch && desk.openedPosition.seq < liveSince))
    return 'other-version'
  if (fold === null) {
    if (desk.openedPosition.epoch !== epoch) return 'other-log'
    return desk.openedPosition.seq <= pass.position ? differenceOf('surplus', null, told(desk)) : 'later'
  }
  if (desk.appliedPosition.seq > pass.position) return 'later'
  const is = asDetectionLeftIt(desk, fold)
  const members = MEMBERS.filter((member) => is[member] !== fold[member])
  return members.length === 0 ? 'agrees' : { ...differenceOf('differs', fold, is), members }
}

/** An officer may take up again what a correction withdrew: then its status is theirs, and no difference. */
function asDetectionLeftIt(desk: StoredAlert, fold: PassAlert): PassAlert {
  const last = desk.history.findLast(({ to }) => to !== undefined)
  const is = told(desk)
  return last !== undefined && last.by !== 'system' ? { ...is, withdrawn: fold.withdrawn } : is
}

function differenceOf(kind: Difference['kind'], fold: PassAlert | null, desk: PassAlert | null): Difference {
  const { id, detector, key } = (fold ?? desk) as PassAlert
  return { id, detector, key, kind, members: [], fold, desk }
}
