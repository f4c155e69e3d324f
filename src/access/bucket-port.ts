/**
 * Where keys and sessions are kept (the configuration bucket; other values live in it too, told apart by prefix).
 *
 * Guarantees: a value once acknowledged survives the death of any process. `create` and `update` reject with
 * `RevisionConflict` when the key exists, or has another revision. `watch` yields current values first, then every
 * change of every replica in revision order, deletions as null, until the signal aborts; it never skips.
 */
export interface ConfigBucket {
  create(key: string, value: unknown): Promise<number>
  update(key: string, value: unknown, revision: number): Promise<number>
  delete(key: string): Promise<void>
  entries(): Promise<readonly BucketEntry[]>
  lastRevision(): Promise<number>
  watch(signal: AbortSignal): AsyncIterable<{ key: string; value: unknown; revision: number }>
}

export interface BucketEntry {
  readonly key: string
  readonly value: unknown
  readonly revision: number
}
