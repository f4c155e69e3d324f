import type { Encoding } from '../encoding.ts'
import { detectEncoding } from '../encoding.ts'
import type { Input } from '../input.ts'
import { openTable } from '../table.ts'
import { type Guess, guess } from './guess.ts'

/** Rows that are looked at. */
const SAMPLE_ROWS = 500
const DELIMITERS = [',', '\t', ';', '|'] as const

/** Reads the header of a table and its first rows, and proposes a mapping; says encoding and delimiter where not the usual. */
export async function guessFromFile(
  input: Input,
  said: Encoding | undefined,
): Promise<Guess & { readonly encoding: Encoding; readonly delimiter: string; readonly rows: number }> {
  const encoding = said ?? detectEncoding(input.sample)
  const delimiter = delimiterOf(input.sample)
  const table = await openTable(input, { delimiter, encoding })
  const rows: (readonly string[])[] = []
  for await (const some of table.rows(table.first)) {
    for (const { cells } of some) if (cells !== null && rows.length < SAMPLE_ROWS) rows.push(cells)
    if (rows.length >= SAMPLE_ROWS) break
  }
  const guessed = guess(table.header, rows)
  const mapping = { ...(delimiter !== ',' && { delimiter }), encoding, ...guessed.mapping }
  return { ...guessed, mapping, encoding, delimiter, rows: rows.length }
}

/** The one that stands most often in the first line. */
function delimiterOf(sample: Buffer): string {
  const end = sample.indexOf(0x0a)
  const line = sample.subarray(0, end === -1 ? sample.length : end).toString('latin1')
  const count = (delimiter: string) => line.split(delimiter).length
  return DELIMITERS.reduce<string>((best, one) => (count(one) > count(best) ? one : best), ',')
}
