import { hash } from 'node:crypto'
import type { CanonicalEvent } from '../../model/event.ts'
import { type EventHashes, jsonText } from '../../model/row.ts'
import { canonicalJson } from './canonical-json.ts'

/** What makes an event the same as another: who it is (128 bits) and what it says (64 bits), as words and as decimals. */
export interface EventIdentity extends EventHashes {
  /** Words of 32 bits, lowest first: 0-3 id, 4-5 content. */
  readonly words: Uint32Array
}

/** The identity of an event that is here, and its data as canonical JSON, which was made for the hash. */
export interface HashedEvent extends EventIdentity {
  readonly data: string
}

/**
 * Hashes source and id, and the canonical content. The content covers what the source said, in canonical form with
 * pseudonyms; not when it came nor what the register added, so that a repetition is the same whenever it comes.
 */
export function identityOf(event: CanonicalEvent): HashedEvent {
  const data = canonicalJson(event.data)
  const who = hash('sha256', `${event.source}\u0000${event.id}`, 'hex').slice(0, 32)
  const what = hash('sha256', contentOf(event, data), 'hex').slice(0, 16)
  const { idHash, contentHash, words } = identityFrom(who, what, BigInt(`0x${who}`), BigInt(`0x${what}`))
  return { idHash, contentHash, words, data }
}

/** The identity of an id alone; of what it says where that is known. */
export function identityOfId(source: string, id: string, contentHash = '0'): EventIdentity {
  const who = hash('sha256', `${source}\u0000${id}`, 'hex').slice(0, 32)
  const what = BigInt(contentHash)
  return identityFrom(who, what.toString(16).padStart(16, '0'), BigInt(`0x${who}`), what)
}

/** The identity that words stand for, as `identityOf` made them. */
export function identityOfWords(words: Uint32Array): EventIdentity {
  return { words, idHash: idHashOf(words), contentHash: contentHashOf(words) }
}

/** The canonical JSON of the content: members in the order of their names. */
function contentOf(event: CanonicalEvent, data: string): string {
  const { type, subject, time, region, regionOriginal, industry, backfill, test, retracts } = event
  const first = `{"backfill":${backfill},"data":${data},"industry":${jsonText(industry)},"region":${jsonText(region)}`
  const second = `"regionOriginal":${jsonText(regionOriginal)},"retracts":${jsonText(retracts)},"subject":${jsonText(subject)}`
  return `${first},${second},"test":${test},"time":${time},"type":${jsonText(type)}}`
}

/** The hash of the id as a row has it. @param words of an identity */
export function idHashOf(words: Uint32Array): string {
  return decimal(words.subarray(0, 4))
}

/** The hash of the content as a row has it. @param words of an identity */
export function contentHashOf(words: Uint32Array): string {
  return decimal(words.subarray(4, 6))
}

function decimal(words: Uint32Array): string {
  let sum = 0n
  for (let word = words.length - 1; word >= 0; word -= 1) sum = (sum << 32n) | BigInt(words[word] ?? 0)
  return sum.toString()
}

/** The identity behind the decimal hashes of a row. */
export function identityOfRow({ idHash, contentHash }: EventHashes): EventIdentity {
  const [who, what] = [BigInt(idHash), BigInt(contentHash)]
  return identityFrom(who.toString(16).padStart(32, '0'), what.toString(16).padStart(16, '0'), who, what)
}

/** @param whoHex 32 digits @param whatHex 16 digits: the same numbers, of which words are cut cheaply */
function identityFrom(whoHex: string, whatHex: string, who: bigint, what: bigint): EventIdentity {
  const words = new Uint32Array(6)
  for (let word = 0; word < 4; word += 1) words[word] = Number.parseInt(whoHex.slice(24 - 8 * word, 32 - 8 * word), 16)
  for (let word = 0; word < 2; word += 1)
    words[4 + word] = Number.parseInt(whatHex.slice(8 - 8 * word, 16 - 8 * word), 16)
  return { idHash: who.toString(), contentHash: what.toString(), words }
}
