/**
 * Industries (GB/T 4754-2017): sections A to T hold the 97 divisions 01 to 97 in order. Groups and classes (third and
 * fourth digit) are taken as sent: the standard is amended there more often than the service is deployed.
 */
const LAST_DIVISION_OF_SECTION = {
  A: 5,
  B: 12,
  C: 43,
  D: 46,
  E: 50,
  F: 52,
  G: 60,
  H: 62,
  I: 65,
  J: 69,
  K: 70,
  L: 72,
  M: 75,
  N: 79,
  O: 82,
  P: 83,
  Q: 85,
  R: 90,
  S: 96,
  T: 97,
} as const

/** Section letter by division; division 0 does not exist. */
const SECTION_OF_DIVISION: readonly (string | null)[] = [
  null,
  ...Object.entries(LAST_DIVISION_OF_SECTION).flatMap(([section, last], index, all) =>
    Array<string>(last - (all[index - 1]?.[1] ?? 0)).fill(section),
  ),
]

const INDUSTRY_SHAPE = /^([A-T])?(\d{2}\d{0,2})$/

/** Section letter of a code of 2 to 4 digits; null when its division does not exist. */
export function industrySection(digits: string): string | null {
  return SECTION_OF_DIVISION[Number(digits.slice(0, 2))] ?? null
}

/**
 * The digits of an industry code without its section letter (`H6210` and `6210` are `6210`); null when the division does
 * not exist or the letter is not that of the division.
 */
export function parseIndustry(text: string): string | null {
  const match = INDUSTRY_SHAPE.exec(text)
  const digits = match?.[2]
  if (digits === undefined) return null
  const section = industrySection(digits)
  if (section === null) return null
  return match?.[1] === undefined || match[1] === section ? digits : null
}
