import { existsSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { type Static, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { ImportError } from './faults.ts'

/**
 * What was refused, in `FILE.rejected`, readable by its owner alone: line, place, code and sentence of each row. Never the
 * row itself: that would be a copy of personal data in the clear. It stands in the file it came from, where
 * `yujing import --rejected` finds it again by its place; what the door refused waits sealed in quarantine besides.
 */
export const RejectsHead = Type.Object({
  run: Type.String(),
  path: Type.Union([Type.String(), Type.Null()]),
  identity: Type.String(),
  encoding: Type.String(),
  /** Bytes of the header of a table, at the beginning of the file. */
  header: Type.Integer(),
})
export type RejectsHead = Static<typeof RejectsHead>

const Reject = Type.Object({
  line: Type.Integer(),
  start: Type.Integer(),
  end: Type.Integer(),
  code: Type.String(),
  message: Type.String(),
})
export type Reject = Static<typeof Reject>

export interface Rejects {
  /** Adds to the file; answers with its length, once that is on the disk. */
  add(rejects: readonly Reject[]): Promise<number>
  close(): Promise<void>
}

/** Begins the file anew, or goes on with it where a run was known to be: what was written beyond is written again. */
export async function openRejects(path: string, head: RejectsHead, length: number): Promise<Rejects> {
  // Somebody may have put the file of an interrupted run away: it begins anew.
  let written = length > 0 && existsSync(path) ? length : 0
  let file: FileHandle
  try {
    file = await open(path, written === 0 ? 'w' : 'r+', 0o600)
    await file.chmod(0o600)
  } catch {
    throw new ImportError(`${path} cannot be written: give another place with --rejects`)
  }
  await file.truncate(written)
  async function append(lines: readonly object[]): Promise<number> {
    if (lines.length === 0) return written
    const bytes = Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
    await file.write(bytes, 0, bytes.length, written)
    await file.datasync()
    written += bytes.length
    return written
  }
  if (written === 0) await append([head])
  return { add: append, close: () => file.close() }
}

/** Reads a file of rejects. @throws ImportError when it is none */
export function readRejects(
  text: string,
  path: string,
): { readonly head: RejectsHead; readonly rejects: readonly Reject[] } {
  const [first, ...rest] = text
    .trimEnd()
    .split('\n')
    .map((line): unknown => {
      try {
        return JSON.parse(line)
      } catch {
        return null
      }
    })
  if (!Value.Check(RejectsHead, first)) throw new ImportError(`${path} is not a file of rejects (FILE.rejected)`)
  return { head: first, rejects: rest.filter((one): one is Reject => Value.Check(Reject, one)) }
}
