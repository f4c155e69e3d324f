import type { StoredAlert } from './alert.ts'

/** What later alerts of the same subject need to know of an alert that is over. */
export interface PastAlert
  extends Pick<
    StoredAlert,
    'id' | 'detector' | 'status' | 'outcome' | 'measures' | 'lastEventTime' | 'openedAt' | 'openedPosition' | 'test'
  > {
  readonly subject: Pick<StoredAlert['subject'], 'kind' | 'key'>
}

/** An alert without what only its own readers need. */
export function memoryOf(alert: PastAlert): PastAlert {
  const { id, detector, status, outcome, measures, lastEventTime, openedAt, openedPosition, test, subject } = alert
  const { kind, key } = subject
  return {
    id,
    detector,
    status,
    outcome,
    measures,
    lastEventTime,
    openedAt,
    openedPosition,
    test,
    subject: { kind, key },
  }
}
