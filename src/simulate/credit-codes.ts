import { CREDIT_CODE_ALPHABET, creditCheckCharacter, organisationCheckFits } from '../model/credit-code.ts'

const BASE = CREDIT_CODE_ALPHABET.length
/** How many codes there are: six free characters. */
export const CODES = BASE ** 6
/** Prime to 31, and small enough for the product with any index to stay a safe integer. */
const STRIDE = 7_654_321
const CHECKS = [...'0123456789X']

/**
 * The credit code of the index-th enterprise: `91`, area of first registration, `MA` and six characters, both checks
 * right. Codes of different indexes (0 to 31^6 - 1) differ.
 *
 * @param offset where the numbering begins, so that other seeds name other enterprises; 0 to 31^6 - 1
 */
export function madeUpCreditCode(index: number, region: string, offset: number): string {
  let rest = (((index * STRIDE) % CODES) + offset) % CODES
  let free = ''
  for (let place = 0; place < 6; place++) {
    free = CREDIT_CODE_ALPHABET.charAt(rest % BASE) + free
    rest = Math.floor(rest / BASE)
  }
  const start = `91${region}MA${free}`
  // GB 11714 knows one check character for each organisation, so one of the eleven fits.
  const first17 = start + (CHECKS.find((check) => organisationCheckFits(`${start}${check}0`)) ?? '0')
  return first17 + creditCheckCharacter(first17)
}
