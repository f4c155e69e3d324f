import { SNAPSHOT_LIMITS } from './limits.ts'

/** What is told of a table before it is compared. */
export interface Census {
  readonly header: readonly string[]
  readonly columns: readonly string[]
  /** Rows that can be taken. */
  readonly rows: number
  readonly counties: Readonly<Record<string, number>>
}

/**
 * What a person should look at before a full table counts as one: sentences, none when all is as usual. An incomplete
 * delivery would otherwise say of everything left out that it is gone.
 *
 * @param before the last accepted table; null for the first
 * @param repeated lines that repeat a key
 */
export function concernsOf(
  before: Census | null,
  now: Census,
  repeated: readonly number[],
  tolerancePercent: number,
): string[] {
  const concerns: string[] = []
  if (now.rows === 0) concerns.push('the table has no row that can be taken')
  if (repeated.length > 0) {
    concerns.push(`${repeated.length} rows repeat the key of another (lines ${named(repeated)}); the first would count`)
  }
  if (before === null) return concerns
  const off = (100 * (now.rows - before.rows)) / Math.max(before.rows, 1)
  if (now.rows > 0 && Math.abs(off) >= tolerancePercent) {
    const more = off > 0 ? 'more' : 'fewer'
    concerns.push(
      `${now.rows} rows, ${Math.abs(off).toFixed(1)} % ${more} than the ${before.rows} of the last table (${tolerancePercent} % is asked about)`,
    )
  }
  const columns = before.header.filter((name) => !now.header.includes(name))
  if (columns.length > 0) concerns.push(`columns that the last table had are missing: ${named(columns)}`)
  const fresh = now.columns.filter((name) => !before.columns.includes(name))
  if (fresh.length > 0) {
    concerns.push(`columns were not kept of the last table and are compared from the next on: ${named(fresh)}`)
  }
  const counties = Object.keys(before.counties).filter((code) => now.counties[code] === undefined)
  if (now.rows > 0 && counties.length > 0) {
    concerns.push(`counties of the last table have no row: ${named(counties.sort())}`)
  }
  return concerns
}

function named(words: readonly (string | number)[]): string {
  const shown = words.slice(0, SNAPSHOT_LIMITS.mostNamed).join(', ')
  return words.length > SNAPSHOT_LIMITS.mostNamed
    ? `${shown} and ${words.length - SNAPSHOT_LIMITS.mostNamed} more`
    : shown
}
