import { CREDIT_CODE_ALPHABET, creditCheckCharacter } from '../model/credit-code.ts'

const BASE = CREDIT_CODE_ALPHABET.length
/** How many codes there are: six free characters. */
export const CODES = BASE ** 6
/** Prime to 31, and small enough for the product with any index to stay a safe integer. */
const STRIDE = 7_654_321
/** Weights and values of GB 11714, by which the ninth character of an organisation code follows from the first eight. */
const WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2] as const
const VALUES = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const valueAt = new Uint8Array(128)
for (const [value, character] of [...VALUES].entries()) valueAt[character.charCodeAt(0)] = value

/**
 * The credit code of the index-th enterprise: `91`, area of first registration, `MA` and six characters, both checks
 * right. Codes of different indexes (0 to 31^6 - 1) differ.
 *
 * @param offset where the numbering begins, so that other seeds name other enterprises; 0 to 31^6 - 1
 * @param prefix 91 enterprise, 92 sole trader, 93 cooperative
 */
export function madeUpCreditCode(index: number, region: string, offset: number, prefix = '91'): string {
  let rest = (((index * STRIDE) % CODES) + offset) % CODES
  let free = ''
  for (let place = 0; place < 6; place++) {
    free = CREDIT_CODE_ALPHABET.charAt(rest % BASE) + free
    rest = Math.floor(rest / BASE)
  }
  const organisation = `MA${free}`
  const first17 = prefix + region + organisation + organisationCheck(organisation)
  return first17 + creditCheckCharacter(first17)
}

function organisationCheck(first8: string): string {
  let sum = 0
  for (let place = 0; place < 8; place++) sum += (WEIGHTS[place] ?? 0) * (valueAt[first8.charCodeAt(place)] ?? 0)
  const check = 11 - (sum % 11)
  return check === 10 ? 'X' : check === 11 ? '0' : String(check)
}
