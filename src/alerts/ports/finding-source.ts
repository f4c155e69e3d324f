import type { Finding } from '../../model/finding.ts'

/**
 * Where findings come from.
 *
 * - Durable by name: a finding is delivered at least once, and again until it is acknowledged, across restarts.
 * - In the order of the log; an alert has at most one finding a position. Delivery after a restart begins with the
 *   oldest finding not acknowledged. (An older finding that comes after a younger one of its alert counts as seen.)
 * - The next finding comes when the promise of the one before has resolved: so the desk holds the source back while its
 *   hands are full. The acknowledgement may come much later, and in any order.
 * - `consume` resolves when `signal` is aborted.
 */
export interface FindingSource {
  consume(
    name: string,
    handle: (finding: Finding, ack: () => void) => Promise<void> | void,
    signal: AbortSignal,
  ): Promise<void>
}
