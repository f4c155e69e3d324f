/** 16 bits an id and 11 probes: about one false hit in 2,000 when a layer is full. */
const BITS_PER_ID = 16
const PROBES = 11
const SMALLEST_IDS = 1 << 14
const LARGEST_IDS = 1 << 28

/** One layer: bits in words of 32, and how many ids it holds. The number of bits is a power of two. */
export interface BloomLayer {
  readonly bits: Uint32Array
  ids: number
}

/**
 * The set of all ids too old for the table, growing by layers: when the newest is full the next, twice as large, takes
 * over. It never forgets and never says "absent" of an id it has; sometimes it says "perhaps" of one it has not.
 */
export class Bloom {
  readonly #layers: BloomLayer[]

  constructor(layers: BloomLayer[] = []) {
    this.#layers = layers
  }

  get layers(): readonly BloomLayer[] {
    return this.#layers
  }

  /** Adds an id; `words` as in EventIdentity. */
  add(words: Uint32Array): void {
    const layer = this.#open()
    for (let probe = 0; probe < PROBES; probe += 1) {
      const bit = bitOf(words, probe, layer.bits.length)
      layer.bits[bit >>> 5] = (layer.bits[bit >>> 5] ?? 0) | (1 << (bit & 31))
    }
    layer.ids += 1
  }

  /** False: certainly not in the set. */
  perhaps(words: Uint32Array): boolean {
    return this.#layers.some(({ bits }) => {
      for (let probe = 0; probe < PROBES; probe += 1) {
        const bit = bitOf(words, probe, bits.length)
        if (((bits[bit >>> 5] ?? 0) & (1 << (bit & 31))) === 0) return false
      }
      return true
    })
  }

  #open(): BloomLayer {
    const newest = this.#layers.at(-1)
    if (newest !== undefined && newest.ids < (newest.bits.length * 32) / BITS_PER_ID) return newest
    const room = newest === undefined ? SMALLEST_IDS : Math.min(LARGEST_IDS, (newest.bits.length * 64) / BITS_PER_ID)
    const layer = { bits: new Uint32Array((room * BITS_PER_ID) / 32), ids: 0 }
    this.#layers.push(layer)
    return layer
  }
}

/** Double hashing over the id's own bits, which are already those of a hash; the odd step visits every bit. */
function bitOf(words: Uint32Array, probe: number, wordCount: number): number {
  const start = (words[0] ?? 0) ^ (words[3] ?? 0)
  const step = (words[2] ?? 0) | 1
  return (start + Math.imul(probe, step)) & (wordCount * 32 - 1)
}
