/**
 * Unified social credit codes (GB 32100-2015): 18 characters of an alphabet of 31.
 *
 *     1   registering department      9-17  organisation code (GB 11714)
 *     2   category                    18    check character
 *     3-8 area of first registration (not the present jurisdiction)
 */

/** Index in this text = value of the character; I, O, S, V and Z are left out. */
export const CREDIT_CODE_ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY'

const CREDIT_CODE_SHAPE = /^[0-9A-HJ-NPQRTUWXY]{18}$/
/** 3^(i-1) mod 31 for characters 1 to 17: none is 0 and 31 is prime, so any one wrong character is caught. */
const WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28] as const
/** Value of a character by its code. */
const VALUES = new Uint8Array(128)
for (const [value, character] of [...CREDIT_CODE_ALPHABET].entries()) VALUES[character.charCodeAt(0)] = value
const ORGANISATION_ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const ORGANISATION_WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2] as const

/** What is wrong with a text that should be a credit code; null when it is one. */
export type CreditCodeFault = 'malformed' | 'check-character'

/** Check character for the first 17 characters, all of the alphabet (else the answer has no meaning). */
export function creditCheckCharacter(first17: string): string {
  let sum = 0
  for (let index = 0; index < 17; index += 1) sum += (WEIGHTS[index] ?? 0) * (VALUES[first17.charCodeAt(index)] ?? 0)
  return CREDIT_CODE_ALPHABET.charAt((31 - (sum % 31)) % 31)
}

/** Finds the fault of a credit code. Lower case is malformed: the standard knows capitals only. */
export function creditCodeFault(text: string): CreditCodeFault | null {
  if (!CREDIT_CODE_SHAPE.test(text)) return 'malformed'
  return creditCheckCharacter(text) === text[17] ? null : 'check-character'
}

export function isCreditCode(text: string): boolean {
  return creditCodeFault(text) === null
}

/**
 * Whether characters 9-17 pass the inner check of GB 11714. Some codes that are really in use fail it, so a failure is
 * worth a warning and never a refusal.
 */
export function organisationCheckFits(creditCode: string): boolean {
  const organisation = creditCode.slice(8, 17)
  let sum = 0
  for (const [index, weight] of ORGANISATION_WEIGHTS.entries()) {
    sum += weight * ORGANISATION_ALPHABET.indexOf(organisation[index] ?? '0')
  }
  const check = (11 - (sum % 11)) % 11
  return organisation[8] === (check === 10 ? 'X' : String(check))
}
