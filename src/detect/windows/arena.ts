/**
 * A pool of 32-bit words in one growing buffer, cut into blocks of a few sizes. State of a million keys lies in it
 * without a single object, which keeps it small and makes a snapshot a copy of bytes.
 *
 * Blocks have an even number of words, so a 64-bit float fits at every even offset. Freed blocks of one size form a
 * list through their first word. Reference 0 means none.
 */
export class Arena {
  words: Uint32Array
  /** The same memory as doubles: index = word offset / 2. */
  doubles: Float64Array
  /** The same memory as signed words. */
  signed: Int32Array
  private top: number
  private freed: number[]

  /** Takes the words of a snapshot, or starts empty. */
  constructor(image?: ArenaImage) {
    const buffer = new ArrayBuffer(image ? Math.max(image.words.byteLength, 256) : 256)
    this.words = new Uint32Array(buffer)
    this.doubles = new Float64Array(buffer)
    this.signed = new Int32Array(buffer)
    if (image) this.words.set(image.words)
    this.top = image ? image.words.length : 2
    this.freed = image ? [...image.freed] : []
  }

  /** Bytes in use or kept for reuse. */
  get bytes(): number {
    return this.words.byteLength
  }

  /** A block of at least `size` words, not cleared. */
  allocate(size: number): number {
    const sizeClass = classOf(size)
    const reused = this.freed[sizeClass] ?? 0
    if (reused !== 0) {
      this.freed[sizeClass] = this.words[reused] ?? 0
      return reused
    }
    const reference = this.top
    this.top += classWords(sizeClass)
    if (this.top > this.words.length) this.grow()
    return reference
  }

  /** Gives a block back; `size` as at its allocation or last `resize`. */
  free(reference: number, size: number): void {
    const sizeClass = classOf(size)
    this.words[reference] = this.freed[sizeClass] ?? 0
    this.freed[sizeClass] = reference
  }

  /** The block with room for `size` words, moved when its size class changes; 0 and size 0 stand for no block. */
  resize(reference: number, oldSize: number, size: number): number {
    if (oldSize === 0) return size === 0 ? 0 : this.allocate(size)
    if (size === 0) {
      this.free(reference, oldSize)
      return 0
    }
    if (classOf(oldSize) === classOf(size)) return reference
    const moved = this.allocate(size)
    this.words.copyWithin(moved, reference, reference + Math.min(oldSize, size))
    this.free(reference, oldSize)
    return moved
  }

  /** The words in use (a view, not a copy) and the heads of the free lists. */
  image(): ArenaImage {
    return { words: this.words.subarray(0, this.top), freed: Array.from(this.freed, (head) => head ?? 0) }
  }

  private grow(): void {
    const bytes = Math.ceil((Math.max(this.top, Math.ceil(this.words.length * GROWTH)) * 4) / 8) * 8
    const words = new Uint32Array(bytes / 4)
    words.set(this.words)
    this.words = words
    this.doubles = new Float64Array(words.buffer)
    this.signed = new Int32Array(words.buffer)
  }
}

export interface ArenaImage {
  readonly words: Uint32Array
  readonly freed: readonly number[]
}

/** Little by little: unused room counts in every partition of every detector. */
const GROWTH = 1.25

/** Words that a block of `size` words takes: all of them may be used. */
export function blockWords(size: number): number {
  return classWords(classOf(size))
}

/** The same in bytes. */
export function blockBytes(size: number): number {
  return blockWords(size) * 4
}

/** Sizes in words: 2, 4, 6, 8, 10, 12, 16, then each half a power apart (24, 32, 48, 64 ...): at most a third unused. */
const SMALL = [2, 4, 6, 8, 10, 12, 16]

function classWords(sizeClass: number): number {
  const small = SMALL[sizeClass]
  if (small !== undefined) return small
  const step = sizeClass - SMALL.length
  return step % 2 === 0 ? 24 * 2 ** (step / 2) : 32 * 2 ** ((step - 1) / 2)
}

function classOf(size: number): number {
  let sizeClass = size <= 12 ? Math.max(0, Math.ceil(size / 2) - 1) : 6
  while (classWords(sizeClass) < size) sizeClass++
  return sizeClass
}
