import { ClickHouseError } from '@clickhouse/client'
import { YujingError } from '../model/errors.ts'
import { withDeadline } from '../telemetry/deadline.ts'

/**
 * Codes with which ClickHouse refuses rows for what they hold: not parseable, out of range, of another type, too large.
 * The same rows would be refused for ever.
 */
const CONTENT_CODES = new Set([
  6, 25, 26, 27, 32, 33, 38, 41, 53, 69, 70, 72, 117, 130, 131, 321, 349, 376, 407, 441, 636, 675,
])

/** Codes that say "not now": too many queries, stopping, out of memory or time, disk full, network. */
const PASSING_CODES = new Set([159, 202, 209, 210, 236, 241, 242, 243, 252, 279, 319, 394, 425, 999])

/** Whether an insert was refused for the content of its rows. */
export function isContentRefusal(error: unknown): error is ClickHouseError {
  return error instanceof ClickHouseError && CONTENT_CODES.has(Number(error.code))
}

/** Runs what asks ClickHouse; that it is away or cannot answer now becomes `store.unavailable`, a bug stays what it is. */
export async function asking<T>(question: () => Promise<T>): Promise<T> {
  try {
    return await question()
  } catch (error) {
    throw asStoreFailure(error)
  }
}

/** The same, for an answer that must come within a time; one that has not is `store.unavailable`, and is not waited for. */
export async function askingWithin<T>(milliseconds: number, question: () => Promise<T>): Promise<T> {
  return await withDeadline(asking(question), milliseconds, () => new YujingError('store.unavailable'))
}

/** The failure in the words of the error table. */
export function asStoreFailure(error: unknown): unknown {
  if (error instanceof YujingError) return error
  if (error instanceof ClickHouseError && !PASSING_CODES.has(Number(error.code))) return error
  const failure = new YujingError('store.unavailable')
  failure.cause = error
  return failure
}
