import { randomBytes } from 'node:crypto'
import { open, rm, stat } from 'node:fs/promises'

/** A file that holds room on the disk until it is needed more urgently. */
export interface ReserveFile {
  /** Bytes that it lacks: 0 when it is whole. */
  lacks(): number
  /** Writes what is missing; rejects, and holds nothing, when there is no room for it. */
  fill(): Promise<void>
  /** Gives its room back. */
  release(): Promise<void>
}

const PIECE_BYTES = 1024 * 1024
const BLOCK_BYTES = 512

/** The reserve at a path, of a size in bytes (0: none). What is there of an earlier life counts only when it is whole. */
export async function openReserveFile(path: string, bytes: number): Promise<ReserveFile> {
  const found = await stat(path).catch(() => null)
  // A sparse file has the size and not the blocks.
  let isWhole = bytes === 0 || (found?.size === bytes && found.blocks * BLOCK_BYTES >= bytes)
  if (!isWhole || bytes === 0) await rm(path, { force: true })

  return {
    lacks: () => (isWhole ? 0 : bytes),
    async fill() {
      if (isWhole) return
      // Not zeros: a file system that compresses would hold no room for them.
      const piece = randomBytes(PIECE_BYTES)
      try {
        const file = await open(path, 'w', 0o600)
        try {
          for (let left = bytes; left > 0; left -= PIECE_BYTES)
            await file.writeFile(piece.subarray(0, Math.min(left, PIECE_BYTES)))
        } finally {
          await file.close()
        }
      } catch (error) {
        await rm(path, { force: true })
        throw error
      }
      isWhole = true
    },
    async release() {
      if (bytes === 0) return
      isWhole = false
      await rm(path, { force: true })
    },
  }
}
