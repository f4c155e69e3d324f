import { SECTIONS } from './industry-table.ts'

/*
 * Groups and classes (third and fourth digit) are taken as sent: the standard is amended there more often than the service
 * is deployed.
 */
/** Section letter by division; division 0 does not exist. */
const SECTION_OF_DIVISION: readonly (string | null)[] = [
  null,
  ...SECTIONS.flatMap(({ letter, divisions }) => divisions.map(() => letter)),
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

/** The sections with their divisions, for people. */
export function knownIndustries() {
  let division = 0
  return SECTIONS.map(({ letter, name, divisions }) => ({
    section: letter,
    name,
    divisions: divisions.map((of) => ({ code: String(++division).padStart(2, '0'), name: of })),
  }))
}
