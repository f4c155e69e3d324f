/** Personal data and secrets in everything that is sent; none of it may come out again. */
export const PERSON = {
  name: '欧阳霹雳',
  idNumber: '140105198001010013',
  phone: '13987654321',
  email: 'ouyang.pili@mark.example',
} as const
export const WRONG_KEY = 'wrong-key-of-the-fuzzer-0123456789'

const MARKS = [...Object.values(PERSON), WRONG_KEY]

/** The marks that a text shows, whole; empty when it is clean. */
export function marksIn(text: string): string[] {
  return MARKS.filter((mark) => text.includes(mark))
}
