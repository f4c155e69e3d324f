import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import { type TruthSource, truthRecords } from './truth.ts'

/** Lines that are written at once. */
const LINES = 1_000

/**
 * Writes the ground truth as JSON lines, see src/simulate/README.md.
 *
 * @throws the error of the file system
 */
export async function writeTruth(path: string, source: TruthSource, risks: boolean): Promise<void> {
  const file = createWriteStream(path)
  const done = finished(file)
  let lines: string[] = []
  for (const record of truthRecords(source, risks)) {
    lines.push(`${JSON.stringify(record)}\n`)
    if (lines.length < LINES) continue
    if (!file.write(lines.join(''))) await Promise.race([once(file, 'drain'), done])
    lines = []
  }
  file.end(lines.join(''))
  await done
}
