import { CREDIT_CODE_ALPHABET, creditCheckCharacter } from '../../model/credit-code.ts'
import { type EnterpriseRecord, PACKED_ADDRESS_KINDS, PACKED_STATUSES } from './enterprise-record.ts'

/**
 * A record of the register in 22 words of 32 bits:
 *
 *      0-2   credit code: characters 1-6, 7-12, 13-17 in base 31 (the check character follows from them)
 *      3-6   address       7-10  representative      11-14  phone      15-18  agent      (0 0 0 0: not known)
 *      19    region (20 bits) | status + 1 (4 bits) | kind of address + 1 (4 bits); 0: no content
 *      20    industry (14 bits) | its digits (2 bits) | kind: place in the word pool (16 bits)
 *      21    registered (16 bits) | changed (16 bits): days since 1949-10-01, plus 1; 0: not known
 */
export const RECORD_WORDS = 22

const KEY_PLACES = [
  ['address', 3, 'a1'],
  ['representative', 7, 'p1'],
  ['phone', 11, 'p1'],
  ['agent', 15, 'p1'],
] as const
/** Business day of 1949-10-01. */
const FIRST_DAY = Math.floor(Date.UTC(1949, 9, 1) / 86_400_000)
const LAST_DAY = 0xffff - 1

/** Type codes of enterprises, each kept once; number 0 is the empty text. At most 65,536: later ones are not kept. */
export class WordPool {
  readonly #words: string[] = ['']
  readonly #numbers = new Map([['', 0]])

  get words(): readonly string[] {
    return this.#words
  }

  numberOf(word: string): number {
    const known = this.#numbers.get(word)
    if (known !== undefined) return known
    if (this.#words.length > 0xffff) return 0
    this.#numbers.set(word, this.#words.length)
    return this.#words.push(word) - 1
  }

  wordAt(number: number): string {
    return this.#words[number] ?? ''
  }
}

/** The three words of a credit code. */
export function packCode(code: string): Uint32Array {
  return Uint32Array.of(base31(code.slice(0, 6)), base31(code.slice(6, 12)), base31(code.slice(12, 17)))
}

/** The credit code in a packed record. */
export function unpackCode(words: Uint32Array): string {
  const first17 = fromBase31(words[0] ?? 0, 6) + fromBase31(words[1] ?? 0, 6) + fromBase31(words[2] ?? 0, 5)
  return first17 + creditCheckCharacter(first17)
}

function base31(text: string): number {
  let value = 0
  for (const character of text) value = value * 31 + CREDIT_CODE_ALPHABET.indexOf(character)
  return value
}

function fromBase31(value: number, length: number): string {
  let text = ''
  let rest = value
  for (let place = 0; place < length; place += 1) {
    text = CREDIT_CODE_ALPHABET.charAt(rest % 31) + text
    rest = Math.floor(rest / 31)
  }
  return text
}

/** Writes the content of a record behind its code. */
export function packRecord(words: Uint32Array, record: EnterpriseRecord, pool: WordPool): void {
  for (const [name, place] of KEY_PLACES) {
    const key = record[name]
    for (let word = 0; word < 4; word += 1) {
      words[place + word] = key === undefined ? 0 : Number.parseInt(key.slice(2 + word * 8, 10 + word * 8), 16)
    }
  }
  const addressKind = record.addressKind === undefined ? 0 : PACKED_ADDRESS_KINDS.indexOf(record.addressKind) + 1
  words[19] = Number(record.region) | ((PACKED_STATUSES.indexOf(record.status) + 1) << 20) | (addressKind << 24)
  words[20] = packIndustry(record.industry) | (pool.numberOf(record.kind) << 16)
  words[21] = packDay(record.registeredDay) | (packDay(record.changedDay) << 16)
}

/** The industry as it stands in a record; 0 for ''. */
export function packIndustry(industry: string): number {
  return industry === '' ? 0 : Number(industry) | ((industry.length - 1) << 14)
}

/** The packed industry of a packed record. */
export function industryOf(words: Uint32Array): number {
  return (words[20] ?? 0) & 0xffff
}

/** Whether a packed record has content; one that was rolled back has none. */
export function hasContent(words: Uint32Array): boolean {
  return words[19] !== 0
}

/** The content of a packed record; null when it has none. */
export function unpackRecord(words: Uint32Array, pool: WordPool): EnterpriseRecord | null {
  const place = words[19] ?? 0
  const status = PACKED_STATUSES[((place >>> 20) & 15) - 1]
  if (status === undefined) return null
  const keys: Record<string, string> = {}
  for (let word = 0; word < 16; word += 1) scratch.writeUInt32BE(words[3 + word] ?? 0, word * 4)
  const hex = scratch.toString('hex')
  for (const [name, at, prefix] of KEY_PLACES) {
    if (words[at] === 0 && words[at + 1] === 0 && words[at + 2] === 0 && words[at + 3] === 0) continue
    keys[name] = prefix + hex.slice((at - 3) * 8, (at + 1) * 8)
  }
  const addressKind = PACKED_ADDRESS_KINDS[((place >>> 24) & 15) - 1]
  const business = words[20] ?? 0
  const digits = (business >>> 14) & 3
  const days = words[21] ?? 0
  return {
    ...keys,
    ...(addressKind === undefined ? {} : { addressKind }),
    status,
    region: String(place & 0xf_ffff).padStart(6, '0'),
    kind: pool.wordAt(business >>> 16),
    industry: digits === 0 ? '' : String(business & 0x3fff).padStart(digits + 1, '0'),
    registeredDay: unpackDay(days & 0xffff),
    changedDay: unpackDay(days >>> 16) ?? 0,
  }
}

/** The four keys of one record, on their way to hexadecimal digits. */
const scratch = Buffer.alloc(64)

function packDay(day: number | null): number {
  return day === null ? 0 : Math.min(Math.max(day - FIRST_DAY, 0), LAST_DAY) + 1
}

function unpackDay(packed: number): number | null {
  return packed === 0 ? null : packed - 1 + FIRST_DAY
}
