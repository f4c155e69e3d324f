import { createHash } from 'node:crypto'
import type { CanonicalEvent } from '../../model/event.ts'
import type { EventHashes } from '../../model/row.ts'
import { canonicalJson } from './canonical-json.ts'

/** What makes an event the same as another: who it is (128 bits) and what it says (64 bits), as words and as decimals. */
export interface EventIdentity extends EventHashes {
  /** Words of 32 bits, lowest first: 0-3 id, 4-5 content. */
  readonly words: Uint32Array
}

/**
 * Hashes source and id, and the canonical content. The content covers what the source said, in canonical form with
 * pseudonyms; not when it came nor what the register added, so that a repetition is the same whenever it comes.
 */
export function identityOf(event: CanonicalEvent): EventIdentity {
  const { source, id, type, subject, time, region, regionOriginal, industry, backfill, test, retracts, data } = event
  const content = { type, subject, time, region, regionOriginal, industry, backfill, test, retracts, data }
  const who = createHash('sha256').update(`${source}\u0000${id}`).digest('hex').slice(0, 32)
  const what = createHash('sha256').update(canonicalJson(content)).digest('hex').slice(0, 16)
  return identityFrom(BigInt(`0x${who}`), BigInt(`0x${what}`))
}

/** The identity behind the decimal hashes of a row. */
export function identityOfRow({ idHash, contentHash }: EventHashes): EventIdentity {
  return identityFrom(BigInt(idHash), BigInt(contentHash))
}

const WORD = 0xffff_ffffn

function identityFrom(who: bigint, what: bigint): EventIdentity {
  const words = new Uint32Array(6)
  for (let word = 0; word < 4; word += 1) words[word] = Number((who >> BigInt(32 * word)) & WORD)
  for (let word = 0; word < 2; word += 1) words[4 + word] = Number((what >> BigInt(32 * word)) & WORD)
  return { idHash: who.toString(), contentHash: what.toString(), words }
}
