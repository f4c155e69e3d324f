/** ClickHouse's error codes as far as the child itself speaks them, and the HTTP status that goes with a code. */

export const BAD_ARGUMENTS = 36
export const NOT_IMPLEMENTED = 48
export const SYNTAX_ERROR = 62
export const UNKNOWN_SETTING = 115
export const READONLY = 164
export const CANNOT_DECOMPRESS = 271
export const REQUIRED_PASSWORD = 194
export const TOO_MANY_QUERIES = 202
export const ABORTED = 236
export const MEMORY_LIMIT_EXCEEDED = 241
export const QUERY_WAS_CANCELLED = 394
export const AUTHENTICATION_FAILED = 516
export const UNKNOWN_EXCEPTION = 1002

const STATUSES = [
  [400, [6, 25, 26, 27, 33, 36, 38, 41, 42, 43, 44, 53, 62, 69, 72, 117, 131, 167, 168, 223, 349, 376, 456, 457]],
  [401, [REQUIRED_PASSWORD, AUTHENTICATION_FAILED]],
  [403, [164, 291, 497]],
  [404, [46, 47, 50, 56, 60, 63, 73, 81, 115]],
  [408, [159]],
  [501, [NOT_IMPLEMENTED]],
  [503, [TOO_MANY_QUERIES, ABORTED]],
]

/** HTTP status for a code; what is not listed is a fault of the server: 500. */
export function statusOf(code) {
  return STATUSES.find(([, codes]) => codes.includes(code))?.[0] ?? 500
}

/** The names that follow a text; the client recognises an error by them. */
const NAMES = {
  [BAD_ARGUMENTS]: 'BAD_ARGUMENTS',
  [NOT_IMPLEMENTED]: 'NOT_IMPLEMENTED',
  [SYNTAX_ERROR]: 'SYNTAX_ERROR',
  [UNKNOWN_SETTING]: 'UNKNOWN_SETTING',
  [READONLY]: 'READONLY',
  [CANNOT_DECOMPRESS]: 'CANNOT_DECOMPRESS',
  [REQUIRED_PASSWORD]: 'REQUIRED_PASSWORD',
  [TOO_MANY_QUERIES]: 'TOO_MANY_SIMULTANEOUS_QUERIES',
  [ABORTED]: 'ABORTED',
  [MEMORY_LIMIT_EXCEEDED]: 'MEMORY_LIMIT_EXCEEDED',
  [QUERY_WAS_CANCELLED]: 'QUERY_WAS_CANCELLED',
  [AUTHENTICATION_FAILED]: 'AUTHENTICATION_FAILED',
}

/** A refusal with ClickHouse's code; `status` overrides the one that goes with the code. */
export class EngineError extends Error {
  constructor(code, message, status = statusOf(code)) {
    super(
      message.startsWith('Code: ')
        ? message
        : `Code: ${code}. DB::Exception: ${message}. (${NAMES[code] ?? 'UNKNOWN_EXCEPTION'})`,
    )
    this.code = code
    this.status = status
  }
}
