import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ProcessIdentity } from './processes.ts'

/** A process the service started on this data directory: a child, or the guard of one. */
export interface ChildRecord extends ProcessIdentity {
  readonly name: string
}

/**
 * `children.json`: who may still hold the stores of this directory. Written whole and renamed into place, so that a
 * reader never meets half of it.
 */
export function writeChildren(directory: string, records: readonly ChildRecord[]): void {
  const path = join(directory, 'children.json')
  writeFileSync(`${path}.new`, `${JSON.stringify(records, null, 2)}\n`, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}

/** The records of the last owner; none when the file is missing. Throws when it is there and unreadable. */
export function readChildren(directory: string): ChildRecord[] {
  const path = join(directory, 'children.json')
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ChildRecord[]
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw new Error(`${path} cannot be read; make sure no process of this directory runs, then delete it`, {
      cause: error,
    })
  }
}
