import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ImportError } from './faults.ts'

/**
 * The secret of ids that are made of whole rows, generated once into the state directory. A plain hash would do for
 * identity, but it would be stored beside the event: whoever knows the rest of a row could then try all ID numbers or
 * phones until the hash fits, and undo the pseudonym. Who loses it and imports such a table again doubles its events.
 */
export async function importKeyOf(stateDir: string): Promise<Buffer> {
  await mkdir(stateDir, { recursive: true, mode: 0o700 })
  const path = join(stateDir, 'import.key')
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (text === null) {
    const key = randomBytes(32)
    await writeFile(path, `${key.toString('hex')}\n`, { mode: 0o600, flag: 'wx' })
    return key
  }
  const key = Buffer.from(text.trim(), 'hex')
  if (key.length !== 32) throw new ImportError(`${path} is damaged: put it back from a backup`)
  return key
}
