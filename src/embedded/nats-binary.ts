import { execFile } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { env } from 'node:process'
import { promisify } from 'node:util'
import { packageRoot } from './package-root.ts'

/** A nats-server program. */
export interface NatsBinary {
  /** Absolute. */
  readonly path: string
  /** Without the `v`, e.g. `2.10.4`. */
  readonly version: string
  /** From 2.10 on each acknowledged message can be on disk; below, a power cut may cost two minutes. */
  readonly syncsAlways: boolean
}

/** The nats-server of PATH, else the one that set-up unpacked into `.tools`, or `path`; throws when there is none. */
export async function findNatsServer(path?: string): Promise<NatsBinary> {
  const places = [...(env.PATH ?? '').split(delimiter), join(packageRoot(), '.tools')]
  const found = path ?? places.map((place) => join(place, 'nats-server')).find(isExecutable)
  if (found === undefined)
    throw new Error('nats-server is neither in PATH nor in .tools; run `npm run set-up`, or set YUJING_NATS_URL')
  const { stdout } = await promisify(execFile)(found, ['--version'])
  const version = /v(\d+)\.(\d+)\.\d+\S*/.exec(stdout)
  if (!version) throw new Error(`${found} --version answers ${JSON.stringify(stdout)}; is it a nats-server?`)
  const [major, minor] = [Number(version[1]), Number(version[2])]
  return { path: found, version: version[0].slice(1), syncsAlways: major > 2 || (major === 2 && minor >= 10) }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
