/** First and longest wait between two attempts to connect, milliseconds. */
export const FIRST_WAIT_MS = 500
export const LONGEST_WAIT_MS = 15_000

/**
 * Wait before the next attempt: doubles with each failure up to the longest, half of it by chance, so that a
 * thousand consoles do not return to a restarted service in one instant.
 *
 * @param failures attempts that failed in a row, from 0
 * @param chance 0 (inclusive) to 1 (exclusive)
 */
export function waitBeforeAttempt(failures: number, chance: number): number {
  const full = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures, 10))
  return Math.round(full / 2 + (full / 2) * chance)
}
