/** What readiness rests on. Never rejects: what cannot be asked is a reason. */
export interface Health {
  check(): Promise<{
    /** Why the service must get no traffic, e.g. `log unreachable`, `partitions recovering`, `clock`; empty when ready. */
    readonly reasons: readonly string[]
    /** What is away without stopping the service: `store`. */
    readonly degraded: readonly string[]
    /** Child servers that ended and are being started again, a sentence each. */
    readonly restarting: readonly string[]
  }>
}
