/** What readiness rests on. Never rejects: what cannot be asked is a reason. */
export interface Health {
  check(): Promise<{
    /** What this process does of what is dealt among replicas; absent where that is nobody's question. */
    readonly doing?: Doing
    /** Why the service must get no traffic, e.g. `log unreachable`, `partitions recovering`, `clock`; empty when ready. */
    readonly reasons: readonly string[]
    /** What is away without stopping the service: `store`. */
    readonly degraded: readonly string[]
    /** Child servers that ended and are being started again, a sentence each. */
    readonly restarting: readonly string[]
  }>
}

export interface Doing {
  readonly role: string
  /** Appends to the log, and its desk works. */
  readonly lead: boolean
  /** Carries the log into ClickHouse. */
  readonly storing: boolean
  /** Groups of partitions it detects for. */
  readonly groups: number
}
