import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { StreamCopy } from '../log/stream-copies.ts'

/** A file of a backup and how to tell that it is whole. */
export interface BackupFile {
  /** Within the backup's directory. */
  readonly file: string
  readonly bytes: number
  readonly sha256: string
}

/** What a backup holds; written last, so that a directory without it is a backup that was cut off. */
export interface Manifest {
  readonly format: 1
  readonly createdAt: string
  /** Both stores end here: what the log had acknowledged when its copy began. */
  readonly position: { readonly epoch: string; readonly seq: number }
  /** Fingerprint of the key of the pseudonyms. The key itself is not in the backup. */
  readonly personKey: string
  readonly streams: readonly (StreamCopy & BackupFile)[]
  readonly tables: readonly ({ readonly name: string; readonly rows: number } & BackupFile)[]
}

const MANIFEST = 'manifest.json'
export const MANIFEST_FORMAT = 1

/** Writes the manifest whole or not at all, and onto the disk. */
export async function writeManifest(directory: string, manifest: Manifest): Promise<void> {
  const path = join(directory, MANIFEST)
  const file = await open(`${path}.part`, 'w', 0o600)
  try {
    await file.writeFile(`${JSON.stringify(manifest, null, 2)}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(`${path}.part`, path)
}

/**
 * Reads a backup's manifest.
 *
 * @throws Error naming the remedy when the directory holds no whole backup, or one of a newer version
 */
export async function readManifest(directory: string): Promise<Manifest> {
  let text: string
  try {
    text = await readFile(join(directory, MANIFEST), 'utf8')
  } catch (error) {
    throw new Error(`${directory} holds no whole backup: its ${MANIFEST} is missing; choose another`, { cause: error })
  }
  const manifest = JSON.parse(text) as Manifest
  if (manifest.format !== MANIFEST_FORMAT)
    throw new Error(`the backup has format ${manifest.format}, this version reads ${MANIFEST_FORMAT}: use its version`)
  return manifest
}

/** Rejects, naming the file, unless every file of a backup is there as it was written. */
export async function assertWhole(directory: string, manifest: Manifest): Promise<void> {
  for (const { file, sha256 } of [...manifest.streams, ...manifest.tables]) {
    const hash = createHash('sha256')
    try {
      for await (const piece of createReadStream(join(directory, file))) hash.update(piece)
    } catch (error) {
      throw new Error(`the backup lacks ${file}: choose another`, { cause: error })
    }
    if (hash.digest('hex') !== sha256) throw new Error(`${file} of the backup is damaged: choose another`)
  }
}
