import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const FILE = 'replica.id'

/**
 * The name of a data directory, by which other replicas know whose life is whose: whoever holds the directory's lock
 * knows that the process which had this name before is dead. A copy of the directory gets another name, because the
 * place on the disk is part of it. 16 hex digits.
 */
export function homeOf(directory: string): string {
  const { dev, ino } = statSync(directory)
  return createHash('sha256')
    .update(`${idIn(directory)} ${dev} ${ino}`)
    .digest('hex')
    .slice(0, 16)
}

function idIn(directory: string): string {
  const path = join(directory, FILE)
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  const id = randomBytes(16).toString('hex')
  writeFileSync(path, id, { mode: 0o600, flag: 'wx' })
  return id
}
