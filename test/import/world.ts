import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { packageRoot } from '../../src/embedded/package-root.ts'
import type { RunSummary } from '../../src/import/session.ts'
import type { Service } from '../support/service.ts'

/** What the built command came to. */
export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** Of `--json`, one a file. */
  summaries(): RunSummary[]
}

/** Starts `yujing import` as people do: the built program, the key in the environment. */
export function startImport(
  service: Pick<Service, 'dataDir' | 'adminKey'>,
  args: readonly string[],
  options: { readonly cwd?: string; readonly stdin?: Buffer; readonly env?: Record<string, string> } = {},
): { readonly child: ChildProcess; readonly done: Promise<Ran> } {
  const child = spawn(process.execPath, [join(packageRoot(), 'dist/src/main.js'), 'import', ...args], {
    cwd: options.cwd ?? packageRoot(),
    env: { PATH: process.env.PATH, YUJING_KEY: service.adminKey, YUJING_DATA_DIR: service.dataDir, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  child.stdin?.on('error', () => undefined)
  child.stdin?.end(options.stdin)
  let stdout = ''
  let stderr = ''
  child.stdout?.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr?.on('data', (chunk) => {
    stderr += chunk
  })
  const done = new Promise<Ran>((resolve) => {
    child.once('close', (code) =>
      resolve({
        code,
        stdout,
        stderr,
        summaries() {
          if (stdout === '') throw new Error(`the import told nothing: ${code} ${stderr}`)
          return stdout
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line) as RunSummary)
        },
      }),
    )
  })
  return { child, done }
}

export async function runImport(...args: Parameters<typeof startImport>): Promise<Ran> {
  return await startImport(...args).done
}
