import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { open, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const MIB = 1024 ** 2

/** A disk of its own that can be filled up. */
export interface SmallDisk {
  readonly path: string
  /** Somebody else's file grows, until so many bytes are free; 0: until the disk takes nothing more. */
  fill(leaveBytes: number): Promise<void>
  /** That file is deleted. */
  free(): Promise<void>
  freeBytes(): Promise<number>
  /** Unmounts it; nothing may be open on it any more. */
  remove(): void
}

/** Null where this user may not mount one: it needs root. It takes memory, as much as lies on it. */
export function mountSmallDisk(mebibytes: number): SmallDisk | null {
  const path = mkdtempSync(join(tmpdir(), 'yujing-small-disk-'))
  const filler = join(path, 'filler')
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', path], { stdio: 'ignore' })
  } catch {
    rmdirSync(path)
    return null
  }

  async function freeBytes(): Promise<number> {
    const { bavail, bsize } = await statfs(path)
    return bavail * bsize
  }

  return {
    path,
    freeBytes,
    async fill(leaveBytes) {
      const file = await open(filler, 'a')
      const piece = Buffer.alloc(MIB / 4, 7)
      try {
        while (leaveBytes === 0 || (await freeBytes()) > leaveBytes) await file.writeFile(piece)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
      } finally {
        await file.close()
      }
    },
    free: () => rm(filler, { force: true }),
    remove() {
      execFileSync('umount', [path])
      rmdirSync(path)
    },
  }
}
