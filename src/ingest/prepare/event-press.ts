import { EVENT_TYPES } from '../../model/catalogue/catalogue.ts'
import type { CanonicalEvent } from '../../model/event.ts'
import { hashesText, keysText, saidText } from '../../model/row.ts'
import * as prepared from '../prepared-events.ts'
import { identityOf } from '../writer/identity.ts'
import { packCode, packIndustry } from '../writer/record-packing.ts'
import { touchedKeys } from '../writer/touched-keys.ts'

const FIRST_EVENTS = 64
const FIRST_BYTES = 32_768
/** Bytes that a character of a text takes at most (one of four bytes is two of them). */
const MOST_BYTES_A_CHARACTER = 3
const NUMBERS = new Map<string, number>(EVENT_TYPES.map((type, number) => [type, number]))

/** Makes prepared events, one at a time; nothing of an event is kept but numbers and bytes. */
export class EventPress {
  #heads = new Uint32Array(FIRST_EVENTS * prepared.HEAD_WORDS)
  #bytes = Buffer.allocUnsafeSlow(FIRST_BYTES)
  #count = 0
  #end = 0

  get count(): number {
    return this.#count
  }

  add(event: CanonicalEvent): void {
    const identity = identityOf(event)
    const at = this.#nextHead()
    const heads = this.#heads
    heads.set(identity.words, at)
    if (event.subject !== '') heads.set(packCode(event.subject), at + prepared.CODE)
    heads[at + prepared.TYPE] = NUMBERS.get(event.type) ?? 0
    heads[at + prepared.MARKS] = marksOf(event)
    heads[at + prepared.TIME] = event.time
    heads[at + prepared.TIME + 1] = Math.floor(event.time / 2 ** 32)
    heads[at + prepared.REGION] = Number(event.region)
    heads[at + prepared.INDUSTRY] = packIndustry(event.industry)
    heads[at + prepared.SAID_AT] = this.#end
    this.#write(saidText(event, identity.data))
    heads[at + prepared.KEYS_AT] = this.#end
    this.#write(keysText(touchedKeys(event, {})))
    heads[at + prepared.HASHES_AT] = this.#end
    this.#write(hashesText(identity))
    heads[at + prepared.END] = this.#end
    this.#count += 1
  }

  /** What was added since the last call; in buffers of its own, which may be handed away. */
  take(): prepared.PreparedEvents {
    const events = new prepared.PreparedEvents(
      this.#heads.slice(0, this.#count * prepared.HEAD_WORDS),
      new Uint8Array(this.#bytes.subarray(0, this.#end)),
    )
    this.#heads.fill(0, 0, this.#count * prepared.HEAD_WORDS)
    this.#count = 0
    this.#end = 0
    return events
  }

  #nextHead(): number {
    const at = this.#count * prepared.HEAD_WORDS
    if (at === this.#heads.length) {
      const larger = new Uint32Array(at * 2)
      larger.set(this.#heads)
      this.#heads = larger
    }
    return at
  }

  #write(text: string): void {
    if (text === '') return
    const needed = this.#end + text.length * MOST_BYTES_A_CHARACTER
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2))
      this.#bytes.copy(larger, 0, 0, this.#end)
      this.#bytes = larger
    }
    this.#end += this.#bytes.write(text, this.#end)
  }
}

function marksOf({ backfill, test, subject, retracts }: CanonicalEvent): number {
  const how = (backfill ? prepared.BACKFILL : 0) | (test ? prepared.TEST : 0)
  return how | (subject === '' ? 0 : prepared.HAS_SUBJECT) | (retracts === '' ? 0 : prepared.RETRACTS)
}
