import { randomBytes } from 'node:crypto'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ImportError } from './faults.ts'

const KEY_BYTES = 32

/**
 * The secret of ids that are made of whole rows, generated once into the state directory. A plain hash would do for
 * identity, but it would be stored beside the event: whoever knows the rest of a row could then try all ID numbers or
 * phones until the hash fits, and undo the pseudonym. Who loses it and imports such a table again doubles its events.
 */
export async function importKeyOf(stateDir: string): Promise<Buffer> {
  await mkdir(stateDir, { recursive: true, mode: 0o700 })
  const path = join(stateDir, 'import.key')
  const text = (await textOf(path)) ?? (await make(path))
  const key = Buffer.from(text.trim(), 'hex')
  if (key.length !== KEY_BYTES) throw new ImportError(`${path} is damaged: put it back from a backup`)
  return key
}

/** Makes a key there, whole or not at all; of two who do so at once the first one's holds for both. */
async function make(path: string): Promise<string> {
  const made = `${path}.${randomBytes(4).toString('hex')}`
  await writeFile(made, `${randomBytes(KEY_BYTES).toString('hex')}\n`, { mode: 0o600 })
  try {
    await link(made, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    await rm(made)
  }
  return await readFile(path, 'utf8')
}

async function textOf(path: string): Promise<string | null> {
  return await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
}
