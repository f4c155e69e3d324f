import type { Finding } from '../model/finding.ts'
import type { Position } from '../model/position.ts'
import type { SourceRecord } from '../model/source.ts'
import type { RestsOn } from './source-alarm.ts'
import type { Tally } from './tally.ts'

/**
 * Values of one prefix of the configuration bucket, held in memory and kept current by its watch: what one replica writes
 * every other one sees within moments.
 */
export interface Mirrored<T> {
  get(id: string): { readonly value: T; readonly revision: number } | null
  all(): IterableIterator<[string, { readonly value: T; readonly revision: number }]>
  /** Takes a change of our own before the watch brings it. */
  apply(id: string, value: T | null, revision: number): void
}

/** Where registered sources are kept. Both reject with `RevisionConflict` when somebody else was faster. */
export interface RecordBucket {
  create(key: string, value: SourceRecord): Promise<number>
  update(key: string, value: SourceRecord, revision: number): Promise<number>
}

/** Where what was counted is kept. */
export interface TallyBucket {
  put(key: string, value: Tally): Promise<number>
}

/** Where the desk hears of sources. */
export interface AlarmPort {
  /** The end of the log. */
  position(): Promise<Position>
  /** At least once, in order; the same alert under the same id again. Rejects while the log cannot be reached. */
  tell(finding: Finding): Promise<void>
  readonly restsOn: RestsOn
}
