import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { lockDirectory } from '../../embedded/directory-lock.ts'
import { createProgressView } from '../../import/progress.ts'
import type { ImportGround } from '../../import/session.ts'
import { systemClock } from '../../telemetry/clock.ts'
import { type CommandContext, UsageError } from '../context.ts'
import { readRuntime } from '../runtime.ts'

export interface GroundFlags {
  readonly to?: string
  readonly keyFile?: string
  readonly dataDir?: string
  readonly stateDir?: string
  readonly json?: boolean
}

/** Where runs, secrets and snapshots are kept. */
export function stateDirOf(context: CommandContext, { dataDir, stateDir }: GroundFlags): string {
  return resolve(context.cwd, stateDir ?? join(dataDir ?? context.env.YUJING_DATA_DIR ?? './data', 'import'))
}

/** The service, the key and the place that every import needs. @throws UsageError when there is no key */
export async function groundOf(context: CommandContext, flags: GroundFlags): Promise<ImportGround> {
  const url = flags.to ?? (await readRuntime(context, flags.dataDir)).httpUrl
  if (!URL.canParse(url)) throw new UsageError(`--to ${url} is not a URL`)
  const { username, password, search } = new URL(url)
  if (username !== '' || password !== '' || search !== '') {
    throw new UsageError(
      '--to must not hold a key: a URL stands in logs and lists of processes; use YUJING_KEY or --key-file',
    )
  }
  const clock = systemClock()
  return {
    target: { url, key: await keyOf(context, flags) },
    stateDir: stateDirOf(context, flags),
    clock,
    signal: context.signal,
    lock: lockDirectory,
    view: (bytes) => createProgressView(context.stderr, context.isTerminal, bytes, clock),
    ask: askerOf(context),
    say: (text) => void context.stderr.write(`  ${text}\n`),
  }
}

/** Asks whoever sits before the terminal; what is no yes is no. */
function askerOf({ stdin, stderr, isTerminal, signal }: CommandContext): ImportGround['ask'] {
  if (!isTerminal || stdin === undefined || !('isTTY' in stdin) || stdin.isTTY !== true) return null
  return async (question) => {
    const lines = createInterface({ input: stdin, output: stderr })
    try {
      return /^(?:y|yes|是)$/i.test((await lines.question(`  ${question} [y/N] `, { signal })).trim())
    } finally {
      lines.close()
    }
  }
}

/** Never from a flag: the command line of a process is everybody's to read. */
async function keyOf(context: CommandContext, { keyFile }: GroundFlags): Promise<string> {
  if (keyFile !== undefined) {
    const text = await readFile(resolve(context.cwd, keyFile), 'utf8').catch(() => {
      throw new UsageError(`--key-file: cannot read ${keyFile}`)
    })
    return text.trim()
  }
  const key = context.env.YUJING_KEY ?? context.env.YUJING_BOOTSTRAP_KEY
  if (key === undefined)
    throw new UsageError('no API key: set YUJING_KEY, or name a file that holds it with --key-file')
  return key
}
