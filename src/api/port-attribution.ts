/**
 * Says of which enterprise a complaint, report or opinion without a subject speaks. It is judged for that enterprise from
 * then on, as an event of its own time. The same again changes nothing. Rejects with `not-found` (also outside the
 * `areas`), `attribution.not-allowed`, or a code of status 503 when it is not known to be in the log.
 */
export type Attribute = (request: {
  readonly source: string
  readonly id: string
  readonly subject: string
  readonly by: string
  /** Areas of which the event's county must lie in one. */
  readonly areas: readonly string[] | 'all'
}) => Promise<{ readonly repeated: boolean }>
