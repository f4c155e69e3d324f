const DIGITS = new Map([...'〇一二三四五六七八九'].map((character, value) => [character, value]))
for (const [value, character] of [...'零壹贰叁肆伍陆柒捌玖'].entries()) DIGITS.set(character, value)
DIGITS.set('○', 0).set('两', 2)
const UNITS = new Map([
  ['十', 10],
  ['拾', 10],
  ['百', 100],
  ['佰', 100],
  ['千', 1_000],
  ['仟', 1_000],
])

/** Every character a Chinese numeral may have, for use inside a character class. */
export const CHINESE_NUMERAL_CHARACTERS = [...DIGITS.keys(), ...UNITS.keys()].join('')

/**
 * A Chinese numeral as digits: read as a number when it has units (`二十三` -> `23`, `一百零五` -> `105`), digit by digit
 * when it has none (`一二〇一` -> `1201`). Other characters must not occur.
 */
export function chineseNumberToDigits(numeral: string): string {
  const characters = [...numeral]
  if (!characters.some((character) => UNITS.has(character))) {
    return characters.map((character) => String(DIGITS.get(character) ?? '')).join('')
  }
  let sum = 0
  let digit: number | null = null
  for (const character of characters) {
    const unit = UNITS.get(character)
    if (unit === undefined) {
      digit = DIGITS.get(character) ?? null
    } else {
      sum += (digit ?? 1) * unit
      digit = null
    }
  }
  return String(sum + (digit ?? 0))
}
