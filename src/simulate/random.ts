import { createHash } from 'node:crypto'

/**
 * A seeded stream of random numbers: sfc32, the "small fast counting" generator of Chris Doty-Humphrey's PractRand
 * (http://pracrand.sourceforge.net; public domain), 128 bits of state. Not for secrets.
 */
export class Random {
  #a: number
  #b: number
  #c: number
  #counter: number

  constructor(a: number, b: number, c: number, counter: number) {
    this.#a = a | 0
    this.#b = b | 0
    this.#c = c | 0
    this.#counter = counter | 0
    // PractRand's own number of rounds until similar seeds have lost all resemblance.
    for (let round = 0; round < 15; round++) this.next()
  }

  /** Uniform in [0, 1), 32 bits. */
  next(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0
    return (sum >>> 0) / 0x1_0000_0000
  }

  /** Uniform whole number, both ends inclusive. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1))
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  pick<T>(items: readonly T[]): T {
    const item = items[Math.floor(this.next() * items.length)]
    if (item === undefined) throw new RangeError('nothing to pick from')
    return item
  }

  /** Exponentially distributed with mean 1. */
  exponential(): number {
    return -Math.log1p(-this.next())
  }

  /** Normally distributed with mean 0 and variance 1 (Box and Muller). */
  normal(): number {
    return Math.sqrt(2 * this.exponential()) * Math.cos(2 * Math.PI * this.next())
  }
}

/** Independent streams by number: `at(7)` is the same whoever asks and whenever, so a thing is a function of its index. */
export interface Streams {
  at(index: number, version?: number): Random
}

/** @param seed of the province @param label what the streams are for; other labels give unrelated streams */
export function streams(seed: string, label: string): Streams {
  const digest = createHash('sha256').update(`${seed}\n${label}`).digest()
  const [a, b, c] = [digest.readInt32LE(0), digest.readInt32LE(4), digest.readInt32LE(8)]
  return { at: (index, version = 0) => new Random(a, b, c ^ index, version + 1) }
}

/** Items drawn in proportion to their weights. */
export function weighted<T>(items: readonly (readonly [item: T, weight: number])[]): (random: Random) => T {
  const bounds: number[] = []
  let sum = 0
  for (const [, weight] of items) {
    sum += weight
    bounds.push(sum)
  }
  return (random) => {
    const at = random.next() * sum
    let low = 0
    let high = bounds.length - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if (at < (bounds[middle] ?? 0)) high = middle
      else low = middle + 1
    }
    const found = items[low]
    if (found === undefined) throw new RangeError('nothing to draw from')
    return found[0]
  }
}
