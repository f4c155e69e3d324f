import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { BackupFile } from './manifest.ts'

/** Writes a file (0600) piece by piece; resolves, with its size and hash, once it is on the disk. */
export async function writeBackupFile(
  directory: string,
  name: string,
  fill: (write: (piece: Uint8Array) => Promise<void>) => Promise<void>,
): Promise<BackupFile> {
  const hash = createHash('sha256')
  const file = await open(join(directory, name), 'wx', 0o600)
  let bytes = 0
  try {
    await fill(async (piece) => {
      hash.update(piece)
      bytes += piece.length
      await file.writeFile(piece)
    })
    await file.sync()
  } finally {
    await file.close()
  }
  return { file: name, bytes, sha256: hash.digest('hex') }
}
