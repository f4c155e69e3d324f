/** The fixed number of partitions: a key's partition never changes, only the thread that works it. */
export const PARTITIONS = 64

/** 0 to 63. */
export const ALL_PARTITIONS: readonly number[] = Array.from({ length: PARTITIONS }, (_, partition) => partition)

/** 64 bits as two unsigned words. */
export interface Hash64 {
  readonly high: number
  readonly low: number
}

/**
 * 64-bit hash of a string: two multiplicative 32-bit lanes over the code units with a final mix of both. Not
 * cryptographic; it spreads keys over partitions and stands for them in tables. Two of ten million keys collide with a
 * probability of about 3 in a million. State on disk depends on it: a change needs a new layout version.
 */
export function hash64(text: string): Hash64 {
  let a = 0xdeadbeef
  let b = 0x41c6ce57
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    a = Math.imul(a ^ unit, 2654435761)
    b = Math.imul(b ^ unit, 1597334677)
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909)
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909)
  return { high: b >>> 0, low: a >>> 0 }
}

/** The partition of a detector's key, 0 to 63: hash mod 64. */
export function partitionOf(kind: string, key: string): number {
  return hash64(`${kind}:${key}`).low % PARTITIONS
}
