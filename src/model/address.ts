import { hash } from 'node:crypto'
import { areaName, countyNamesOfCity } from './area.ts'
import { CHINESE_NUMERAL_CHARACTERS, chineseNumberToDigits } from './chinese-number.ts'

/** Spaces, punctuation, symbols and what cannot be seen. `○` is a symbol that people type for zero: it stays. */
const NOISE = /(?!○)[\p{Z}\p{P}\p{S}\p{C}]/gu
const NUMERAL_BEFORE_UNIT = new RegExp(`[${CHINESE_NUMERAL_CHARACTERS}]+(?=[号层室])`, 'gu')
const UP_TO_ROOM = /^.*?[0-9A-Za-z]室/u
/** `应县路1号` begins with a road, not with a county. */
const NOT_A_ROAD = '(?!大?[路街巷道]|胡同)'

const leadingNames = new Map<string, RegExp>()

/** `山西(省)太原(市)小店区`, `山西(省)太原市` or `山西省` at the start; short names only before a longer one. */
function leadingNamesOf(region: string): RegExp {
  const known = leadingNames.get(region)
  if (known !== undefined) return known
  const city = areaName(`${region.slice(0, 4)}00`)
  const counties = [areaName(region), ...countyNamesOfCity(region)].filter((name) => name !== null).join('|')
  const province = '(?:山西省?)?'
  const pattern =
    city === null
      ? /^山西省/u
      : new RegExp(`^(?:${province}(?:${city}?)?(?:${counties})${NOT_A_ROAD}|${province}${city}|山西省)`, 'u')
  leadingNames.set(region, pattern)
  return pattern
}

/**
 * An address as it is compared: NFKC, spaces and punctuation removed, leading names of province, city and county removed,
 * Chinese numerals before 号, 层 and 室 as digits, kept down to the room (what follows the room is dropped). Idempotent.
 *
 *     山西省太原市小店区 长治路一百零五号 十二层１２０１室（自主申报）  ->  长治路105号12层1201室
 *
 * @param region county code of the event that names the address; its names and those of its city count as leading names
 */
export function normaliseAddress(region: string, text: string): string {
  const leading = leadingNamesOf(region)
  let before: string
  let address = text
  do {
    before = address
    address = before.normalize('NFKC').replace(NOISE, '').replace(leading, '')
    address = address.replace(NUMERAL_BEFORE_UNIT, chineseNumberToDigits)
    address = UP_TO_ROOM.exec(address)?.[0] ?? address
  } while (address !== before)
  return address
}

/**
 * Key of an address: `a1` and 128 bits of SHA-256 over region and normalised address, as 32 hexadecimal digits. Null
 * when nothing is left after normalisation: an address that only names the county is no place to meet at.
 */
export function addressKey(region: string, text: string): string | null {
  const address = normaliseAddress(region, text)
  if (address === '') return null
  return `a1${hash('sha256', `${region}:${address}`, 'hex').slice(0, 32)}`
}
