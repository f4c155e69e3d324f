import { CREDIT_CODE_ALPHABET } from '../../model/credit-code.ts'

const CODE_LENGTH = 18
const CHARACTERS_A_WORD = 6

/** A credit code in words: 31^6 < 2^32, so six characters fill one. */
export const SUBJECT_WORDS = CODE_LENGTH / CHARACTERS_A_WORD

const NONE = 0xffffffff

/** Writes a credit code into three words at `at`; anything the door would not let through as one is written as none. */
export function packSubject(subject: string, words: Uint32Array, at: number): void {
  const packed = [0, 0, 0]
  for (let i = 0; i < CODE_LENGTH; i++) {
    const value = CREDIT_CODE_ALPHABET.indexOf(subject.charAt(i) || ' ')
    if (value < 0) {
      words[at] = NONE
      return
    }
    const word = Math.floor(i / CHARACTERS_A_WORD)
    packed[word] = (packed[word] as number) * CREDIT_CODE_ALPHABET.length + value
  }
  words.set(packed, at)
}

/** The credit code at `at`, '' if none. */
export function unpackSubject(words: Uint32Array, at: number): string {
  if (words[at] === NONE) return ''
  let code = ''
  for (let word = SUBJECT_WORDS - 1; word >= 0; word--) {
    let rest = words[at + word] as number
    for (let i = 0; i < CHARACTERS_A_WORD; i++) {
      code = CREDIT_CODE_ALPHABET.charAt(rest % CREDIT_CODE_ALPHABET.length) + code
      rest = Math.floor(rest / CREDIT_CODE_ALPHABET.length)
    }
  }
  return code
}
