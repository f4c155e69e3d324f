import type { QuarantinedEvent } from '../../../../src/model/quarantine.ts'

/** What became of a refused event. */
export const REFUSED_STATES = [
  'waiting',
  'resubmitted',
  'discarded',
] as const satisfies readonly QuarantinedEvent['state'][]

/** Which refused events are looked at. */
export interface QuarantineView {
  readonly code: string
  readonly source: string
  readonly state: QuarantinedEvent['state'] | ''
}
