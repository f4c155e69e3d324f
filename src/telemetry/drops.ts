/**
 * Every reason for which something that came in does not go on. The same word is log field, metric label and payload
 * field. A step counts what it drops here, so that in = out + dropped + held can be asserted.
 */
export const DROP_REASONS = [
  /** Ingest: the same source and id with the same content came before. */
  'duplicate',
  /** Ingest: the same source and id with other content came before; kept in quarantine. */
  'id-reused',
  /** Ingest: refused by validation; kept in quarantine. */
  'rejected',
  /** Ingest: a member of `data` that the type does not know; the event goes on without it. */
  'unknown-member',
  /** Store: a row that ClickHouse refused for its content; kept in quarantine. */
  'row-refused',
  /** Detect: older than the key's windows and the lateness allowed; stored, not judged. */
  'stored-only',
  /** Alerts: a finding at or before the alert's applied position. */
  'already-applied',
  /** Alerts: a finding that ends or withdraws what no alert says. */
  'nothing-open',
] as const
export type DropReason = (typeof DROP_REASONS)[number]

/** The step that drops, as its folder is called. */
export type DropStep = 'ingest' | 'store' | 'detect' | 'alerts'
