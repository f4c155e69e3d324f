import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { packageRoot } from '../../src/embedded/package-root.ts'

/** Runs `yujing ARGS` as built; rejects with its words when it fails. Resolves with what it printed. */
export async function yujing(...args: string[]): Promise<string> {
  const program = join(packageRoot(), 'dist/src/main.js')
  return (await promisify(execFile)(process.execPath, [program, ...args])).stdout
}
