import { DOUBLE_SURNAMES, SURNAMES } from './surnames.ts'

/**
 * Takes out of free text what identifies people: ID numbers (18 and 15 digits), bank cards, phones, e-mail addresses and
 * the names before 先生 and 女士. Rather too much than too little: a long order number may go too.
 */
const TITLE = '(?=\\s?(?:先生|女士))'
const HAN = '\\p{Script=Han}'

const RULES: readonly (readonly [pattern: RegExp, placeholder: string])[] = [
  [/[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*/g, '[邮箱]'],
  [/(?<!\d)\d{6}[ -]?\d{4}[ -]?\d{4}[ -]?\d{3}[\dXx](?!\d)/g, '[证件号]'],
  [/(?<!\d)\d{6}[ -]?\d{6}[ -]?\d{3}(?!\d)/g, '[证件号]'],
  [/(?<!\d)\d{4}(?:[ -]?\d{4}){3}(?:[ -]?\d{1,3})?(?!\d)/g, '[银行卡]'],
  [/\d{20,}[Xx]?/g, '[号码]'],
  [/(?:(?:\+|00)?86[ -]?)?(?<!\d)0?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)/g, '[电话]'],
  [/\d*1[3-9]\d{9}\d*/g, '[电话]'],
  [/(?:\(0\d{2,3}\)|(?<!\d)0\d{2,3})[ -]?\d{3,4}[ -]?\d{4}(?!\d)/g, '[电话]'],
  [/(?<!\d)[48]00[ -]?\d{3,4}[ -]?\d{3,4}(?!\d)/g, '[电话]'],
  [/(?<=(?:电话|座机|固话|手机|热线|联系方式)(?:号码?)?[是为]?[: ]{0,2})\d{7,8}(?!\d)/g, '[电话]'],
  [new RegExp(`(?:[${HAN}A-Za-z]+[·•])+[${HAN}A-Za-z]+${TITLE}`, 'gu'), '[姓名]'],
  [new RegExp(`(?:${DOUBLE_SURNAMES.join('|')}|[${SURNAMES}])(?:\\s?${HAN}){0,2}${TITLE}`, 'gu'), '[姓名]'],
  [new RegExp(`[A-Za-z](?:[A-Za-z.' ]*[A-Za-z.])?${TITLE}`, 'gu'), '[姓名]'],
  [new RegExp(`${HAN}{0,2}(?![位该的])${HAN}${TITLE}`, 'gu'), '[姓名]'],
]

/** Full-width forms as their plain ones, character by character, so that positions stay. */
function fold(text: string): string {
  return text
    .replace(/[\uFF01-\uFF5E]/g, (character) => String.fromCharCode(character.charCodeAt(0) - 0xfee0))
    .replace(/\u3000/g, ' ')
}

/** Whatever a rule takes out holds one of these; most texts hold none, and most of the rest only a date or an amount. */
const SUSPECT = /[\d@]|先生|女士/

const INVISIBLE = /[\u200B-\u200F\u2060\uFEFF\u00AD]/g

/** The text without what identifies people; idempotent. */
export function redact(text: string): string {
  let redacted = text.replace(INVISIBLE, '')
  if (!SUSPECT.test(fold(redacted))) return redacted
  for (const [pattern, placeholder] of RULES) {
    const folded = fold(redacted)
    let result = ''
    let kept = 0
    for (const match of folded.matchAll(pattern)) {
      result += redacted.slice(kept, match.index) + placeholder
      kept = match.index + match[0].length
    }
    redacted = result + redacted.slice(kept)
  }
  return redacted
}
