/** The words in which the service says how it is (`GET /readyz`); the console has a sentence for each. */

/** Why the clock is not believed. */
export const CLOCK_DOUBTS = ['jumped-forward', 'jumped-back', 'behind-log'] as const
export type ClockDoubtReason = (typeof CLOCK_DOUBTS)[number]

/** Why a process must get no traffic; the clock's reason besides. */
export const UNREADY = [
  'log unreachable',
  'disk full',
  'the writer waits for the store',
  'the lead cannot begin',
  'partitions recovering',
  'store writer has given up',
] as const
export type UnreadyReason = (typeof UNREADY)[number] | `clock ${ClockDoubtReason}`

/** What is away without stopping the service. */
export const DEGRADED = ['store', 'lead', 'detect'] as const
export type Degraded = (typeof DEGRADED)[number]
