/**
 * History, as the routes need it. Every method rejects with `store.unavailable` when the store cannot be asked.
 */
export interface HistoryStore {
  /** The record of an enterprise by its credit code, or null. `region` is its county as last known. */
  enterprise(code: string): Promise<EnterpriseRecord | null>
  /**
   * Its events as CloudEvents as stored, newest first, at most `limit`, of these types (none named: of all). `next` goes back as `cursor` and is null at the
   * end. Throws `request.invalid` for a cursor it did not give.
   */
  timeline(
    code: string,
    limit: number,
    cursor: string | null,
    types?: readonly string[],
  ): Promise<{ readonly items: readonly object[]; readonly next: string | null }>
  /**
   * Complaints, reports and opinions of the last year, as stored, that name no enterprise, still stand and lie in one of
   * the areas; pages as those of the timeline.
   */
  unattributed(wanted: {
    readonly areas: readonly string[] | 'all'
    readonly limit: number
    readonly cursor: string | null
  }): Promise<{ readonly items: readonly object[]; readonly next: string | null }>
  /** How many refused events are in quarantine, by code. */
  quarantineCodes(): Promise<readonly object[]>
}

export interface EnterpriseRecord {
  readonly region: string
}
