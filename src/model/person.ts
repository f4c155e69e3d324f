/**
 * What an event tells of a person once the door has let it in: nothing that names them. Keys are made in the door, which
 * holds the secret; this file knows the shapes, the normal forms from which keys are made, and the masks.
 */

/** Only `strong` joins across enterprises; `medium` counts distinct people; `weak` counts within one enterprise. */
export const STRENGTHS = ['strong', 'medium', 'weak'] as const
export type Strength = (typeof STRENGTHS)[number]

/** A person in a canonical event. Without a key the person is unidentified and counts as one of their own. */
export interface PseudonymousPerson {
  /** Masked, e.g. `王**`. */
  readonly name?: string
  /** `p1` and 32 hexadecimal digits. */
  readonly key?: string
  readonly strength?: Strength
  /** Representatives only, where the ID number told it. */
  readonly birthYear?: number
}

/** A phone or an e-mail address in a canonical event. */
export interface PseudonymousContact {
  readonly masked: string
  readonly key: string
}

const ID_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] as const
const ID_CHECKS = '10X98765432'

function isBirthDate(yyyymmdd: string): boolean {
  const year = Number(yyyymmdd.slice(0, 4))
  const month = Number(yyyymmdd.slice(4, 6))
  const day = Number(yyyymmdd.slice(6, 8))
  const date = new Date(Date.UTC(year, month - 1, day))
  return year >= 1850 && year < 2100 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
}

/** Check character (GB 11643) for the first 17 digits of an ID number. */
export function idCheckCharacter(first17: string): string {
  let sum = 0
  for (const [index, weight] of ID_WEIGHTS.entries()) sum += weight * Number(first17[index])
  return ID_CHECKS.charAt(sum % 11)
}

/**
 * The 18-character form of a resident's ID number, the 15-digit form of before 1999 included (19 goes before the year);
 * null for anything else. The check character of an 18-character number is not judged: a wrong one still is one and the
 * same number, while a birth date that cannot be tells a number made up to fill a field.
 */
export function normaliseIdNumber(text: string): string | null {
  const compact = text.normalize('NFKC').replace(/[\s-]/g, '').toUpperCase()
  const full = /^\d{15}$/.test(compact) ? `${compact.slice(0, 6)}19${compact.slice(6)}` : null
  if (full !== null) return isBirthDate(full.slice(6, 14)) ? full + idCheckCharacter(full) : null
  return /^\d{17}[\dX]$/.test(compact) && isBirthDate(compact.slice(6, 14)) ? compact : null
}

/** Year of birth in a normalised ID number. */
export function birthYearOf(normalisedIdNumber: string): number {
  return Number(normalisedIdNumber.slice(6, 10))
}

/** Digits of a phone number without the country code; null when fewer than 5 digits are left. */
export function normalisePhone(text: string): string | null {
  const digits = text.normalize('NFKC').replace(/\D/g, '')
  const national = digits.replace(/^(?:00)?86(?=1\d{10}$|0\d{9,11}$)/, '')
  return national.length < 5 ? null : national
}

/** Trimmed and in lower case; null when there is no `@` with something on both sides. */
export function normaliseEmail(text: string): string | null {
  const email = text.normalize('NFKC').trim().toLowerCase()
  return /^[^\s@]+@[^\s@]+$/.test(email) ? email : null
}

/** A name without spaces, in one Unicode form; '' when nothing is left. */
export function normaliseName(text: string): string {
  return text.normalize('NFKC').replace(/\s/gu, '')
}

/** The first character and one `*` for each further one, at most three: `王小明` -> `王**`, `李` -> `*`. */
export function maskName(name: string): string {
  const characters = [...normaliseName(name)]
  if (characters.length < 2) return '*'
  return `${characters[0]}${'*'.repeat(Math.min(characters.length - 1, 3))}`
}

/** `13800138000` -> `138****8000`; of a number under 11 digits the last two stay. */
export function maskPhone(normalisedPhone: string): string {
  if (normalisedPhone.length < 11) return `****${normalisedPhone.slice(-2)}`
  return `${normalisedPhone.slice(0, 3)}****${normalisedPhone.slice(-4)}`
}

/** `wang@example.com` -> `w***@example.com`; of a one-letter name nothing stays. */
export function maskEmail(normalisedEmail: string): string {
  const at = normalisedEmail.lastIndexOf('@')
  return `${at > 1 ? normalisedEmail.slice(0, 1) : ''}***${normalisedEmail.slice(at)}`
}
