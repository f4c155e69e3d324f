import { businessDay } from '../../model/time.ts'
import { Bloom } from './bloom.ts'
import { ENTRY_WORDS, IdTable } from './id-table.ts'
import type { EventIdentity } from './identity.ts'

/** Days of `receivedAt` whose ids are held exactly, today not counted. */
export const RECENT_DAYS = 14
/** So many messages after midnight every shard has let go of what became old. */
export const ID_SHARDS = 256
/** Shards fill evenly: with one bound for all of them they would all double within a few messages. */
const FULLEST = { from: 0.55, to: 0.7 }

/** What is known of an id: certainly new; there with the same or other content; perhaps an old one. */
export type Familiarity = 'new' | 'same' | 'other' | 'perhaps'

/**
 * Every id the log has ever held: recent ones exactly, with the hash of their content, older ones in a Bloom filter. The
 * table is dealt into shards so that growing or expiring one never stops the door for long.
 */
export class IdIndex {
  readonly #shards = Array.from(
    { length: ID_SHARDS },
    (_, shard) => new IdTable(FULLEST.from + ((FULLEST.to - FULLEST.from) * shard) / (ID_SHARDS - 1)),
  )
  readonly #expiredBefore = new Int32Array(ID_SHARDS)
  readonly #old: Bloom
  #turn = 0

  constructor(old: Bloom = new Bloom()) {
    this.#old = old
  }

  get recent(): number {
    return this.#shards.reduce((sum, shard) => sum + shard.size, 0)
  }

  get old(): Bloom {
    return this.#old
  }

  familiarity({ words }: Pick<EventIdentity, 'words'>): Familiarity {
    const found = this.#shardOf(words).find(words)
    if (found !== 'absent') return found
    return this.#old.perhaps(words) ? 'perhaps' : 'new'
  }

  /** Remembers an id with the time its event was received (epoch milliseconds). */
  add({ words }: Pick<EventIdentity, 'words'>, receivedAt: number): void {
    this.#shardOf(words).add(words, stamp(receivedAt))
  }

  /** Takes in what `packed` gave, one after the other. */
  load(entries: Uint32Array): void {
    const counts = new Uint32Array(ID_SHARDS)
    for (let at = 0; at < entries.length; at += ENTRY_WORDS) {
      const shard = (entries[at] ?? 0) % ID_SHARDS
      counts[shard] = (counts[shard] ?? 0) + 1
    }
    for (const [shard, count] of counts.entries()) this.#shards[shard]?.reserve(count)
    for (let at = 0; at < entries.length; at += ENTRY_WORDS) {
      const words = entries.subarray(at, at + ENTRY_WORDS - 1)
      this.#shardOf(words).add(words, entries[at + ENTRY_WORDS - 1] ?? 0)
    }
  }

  /** Moves what is older than the recent days into the filter, one shard a call; call it once for every message. */
  expireSome(logTime: number): void {
    const firstDay = stamp(logTime) - RECENT_DAYS
    this.#turn = (this.#turn + 1) % ID_SHARDS
    if ((this.#expiredBefore[this.#turn] ?? 0) >= firstDay) return
    this.#expiredBefore[this.#turn] = firstDay
    this.#shards[this.#turn]?.expire(firstDay, (words) => this.#old.add(words))
  }

  /** Moves everything that is due into the filter. */
  expireAll(logTime: number): void {
    for (let shard = 0; shard < ID_SHARDS; shard += 1) this.expireSome(logTime)
  }

  /**
   * The recent entries, a shard at a time, each entry as `ENTRY_WORDS` words: id, content, day. Each shard as it is when it
   * is asked for.
   */
  *packed(): Generator<Uint32Array> {
    for (const shard of this.#shards) yield shard.packed()
  }

  #shardOf(words: Uint32Array): IdTable {
    return this.#shards[(words[0] ?? 0) % ID_SHARDS] as IdTable
  }
}

/** The business day as the table keeps it: 0 marks its empty slots, so that day 0 is 1. */
function stamp(epochMs: number): number {
  return businessDay(epochMs) + 1
}
