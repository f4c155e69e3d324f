/** Named limits of comparing full tables. */
export interface SnapshotLimits {
  /** Files that the rows of a table are dealt to by their keys; one of them at a time is in memory. */
  readonly buckets: number
  /** Text of rows that is sealed together, bytes. */
  readonly chunkBytes: number
  /** Most text of a bucket: 64 of them hold a table of 8 GiB. */
  readonly mostBucketBytes: number
  /** Lines of repeated keys, columns and counties named in a sentence. */
  readonly mostNamed: number
}

export const SNAPSHOT_LIMITS: SnapshotLimits = {
  buckets: 64,
  chunkBytes: 256 * 1024,
  mostBucketBytes: 128 * 1024 * 1024,
  mostNamed: 20,
}

/** Share by which the number of rows may differ from the last table, in percent, unless a flag says otherwise. */
export const COUNT_TOLERANCE_PERCENT = 20
