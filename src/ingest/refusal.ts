import { ERRORS, type ErrorCode } from '../model/errors.ts'

/** Why an event is not let in. The message says cause and remedy to the source; it never repeats what was sent. */
export interface Refusal {
  readonly code: ErrorCode
  readonly message: string
}

/** A refusal in the words of the error table, or in more exact ones. */
export function refuse(code: ErrorCode, message: string = ERRORS[code].text): Refusal {
  return { code, message }
}
