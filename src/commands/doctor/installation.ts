import { constants, existsSync } from 'node:fs'
import { access, readdir, stat, statfs } from 'node:fs/promises'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import type { Config } from '../../config.ts'
import type { Owner } from '../../embedded/directory-lock.ts'
import { findNatsServer } from '../../embedded/nats-binary.ts'
import { type Finding, note, well, wrong } from './finding.ts'

/** Oldest Node.js that runs the service, and the first of the lines recommended for production. */
const OLDEST_NODE = [20, 19] as const
const RECOMMENDED_NODE = 22

/** It is time to act when less is free than so many times the share at which the door closes. */
const LOW_FREE = 3

/** What can be seen without a running service. */
export async function checkInstallation(o: {
  readonly config: Config
  readonly nodeVersion: string
  readonly owner: Owner | null
}): Promise<Finding[]> {
  const { config, owner } = o
  const alive = owner?.alive === true
  return [
    checkNode(o.nodeVersion),
    well('configuration', `profile ${config.profile}, data in ${config.dataDir}`),
    ...checkProduction(config),
    await checkNats(config),
    await checkDataDir(config.dataDir),
    checkOwner(owner),
    await checkSecrets(config.dataDir),
    alive ? well('port', 'held by the running service') : await checkPort(config),
    await checkDisk(config),
  ]
}

function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const says = `Node.js ${version}`
  if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1]))
    return wrong('node', says, `install Node.js ${OLDEST_NODE.join('.')} or newer, best a 22 or 24 LTS`)
  return major < RECOMMENDED_NODE
    ? note('node', says, 'for production Node.js 22 or 24 LTS is recommended')
    : well('node', says)
}

function checkProduction({ profile, bootstrapKey, host, publicUrl }: Config): Finding[] {
  const production = profile === 'production'
  const report = production ? wrong : note
  const found: Finding[] = []
  if (bootstrapKey !== undefined)
    found.push(
      report(
        'production',
        'a bootstrap key is set',
        'make keys for the administrators (yujing key add --role admin), then remove YUJING_BOOTSTRAP_KEY',
      ),
    )
  if ((host === '0.0.0.0' || host === '::') && publicUrl === undefined)
    found.push(
      report(
        'production',
        `it listens on all interfaces (${host}) and no public address is set`,
        'set YUJING_PUBLIC_URL to the https address browsers use, or YUJING_HOST to 127.0.0.1 behind a proxy',
      ),
    )
  if (production && publicUrl?.startsWith('http:'))
    found.push(
      wrong(
        'production',
        'browsers reach it without TLS',
        'put a proxy with TLS before it, YUJING_PUBLIC_URL=https://…',
      ),
    )
  return found.length > 0 ? found : [well('production', 'nothing set that must not be')]
}

async function checkNats({ natsUrl, profile }: Config): Promise<Finding> {
  if (natsUrl !== undefined) return well('nats-server', 'a server of your own; its version is asked when it runs')
  try {
    const { version, path, syncsAlways } = await findNatsServer()
    if (syncsAlways) return well('nats-server', `${version} (${path}): what is acknowledged survives a power cut`)
    const report = profile === 'production' ? wrong : note
    return report(
      'nats-server',
      `${version} (${path}) is older than 2.10: a power cut may cost the last two minutes of what was acknowledged`,
      'put nats-server 2.10 or newer in PATH, or run three replicas (YUJING_NATS_URL)',
    )
  } catch (error) {
    return wrong('nats-server', (error as Error).message, 'run npm run set-up, or set YUJING_NATS_URL')
  }
}

async function checkDataDir(dataDir: string): Promise<Finding> {
  // Before the first start it is not there yet: then its parent must let it be made.
  const place = existsSync(dataDir) ? dataDir : nearest(dataDir)
  try {
    await access(place, constants.R_OK | constants.W_OK | constants.X_OK)
    return well('data-dir', place === dataDir ? 'can be written' : 'is made at the first start')
  } catch {
    return wrong(
      'data-dir',
      `${place} cannot be written by this user`,
      'give it to the user who runs the service (chown)',
    )
  }
}

function nearest(path: string): string {
  const parent = dirname(path)
  return existsSync(parent) || parent === path ? parent : nearest(parent)
}

function checkOwner(owner: Owner | null): Finding {
  if (owner === null || owner.released) return well('owner', 'nobody runs on this directory')
  const who = `process ${owner.pid} on ${owner.host}`
  if (owner.alive) return well('owner', `${who} runs on it`)
  return note('owner', `${who} ended without a word`, 'nothing: the next start takes the directory over')
}

/** Files that others on this machine must not read. */
const SECRET = /^(person\.key|runtime\.json|nats\.conf|clickhouse.*|.*\.key|.*password.*)$/

async function checkSecrets(dataDir: string): Promise<Finding> {
  const names = existsSync(dataDir) ? (await readdir(dataDir)).filter((name) => SECRET.test(name)) : []
  const open: string[] = []
  for (const name of names) {
    const { mode } = await stat(join(dataDir, name))
    if (mode & 0o077) open.push(name)
  }
  if (existsSync(dataDir) && ((await stat(dataDir)).mode & 0o022) !== 0) open.push('. (others may write)')
  return open.length === 0
    ? well('secrets', 'only the owner can read them')
    : wrong(
        'secrets',
        `others can read ${open.join(', ')} in ${dataDir}`,
        `chmod go-rwx ${dataDir}/*; chmod 700 ${dataDir}`,
      )
}

async function checkPort({ host, port }: Config): Promise<Finding> {
  if (port === 0) return well('port', 'any free one is taken')
  const code = await new Promise<string | null>((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'))
    server.listen(port, host, () => server.close(() => resolve(null)))
  })
  const remedies: Readonly<Record<string, string>> = {
    EADDRINUSE: 'stop the program that holds it, or set YUJING_PORT',
    EACCES: 'take a port above 1023 (YUJING_PORT)',
  }
  return code === null
    ? well('port', `${host}:${port} is free`)
    : wrong(
        'port',
        `${host}:${port} cannot be taken (${code})`,
        remedies[code] ?? 'set YUJING_HOST to an address of this machine',
      )
}

async function checkDisk({ dataDir, diskFreePercent }: Config): Promise<Finding> {
  const { bavail, blocks, bsize } = await statfs(existsSync(dataDir) ? dataDir : nearest(dataDir))
  const percent = (bavail / blocks) * 100
  const says = `${percent.toFixed(0)} % free (${((bavail * bsize) / 1024 ** 3).toFixed(1)} GiB)`
  if (percent < diskFreePercent)
    return wrong(
      'disk',
      `${says}: under ${diskFreePercent} % the door answers 503 disk.full`,
      'free space, or move the data to a larger disk',
    )
  return percent < LOW_FREE * diskFreePercent
    ? wrong('disk', `${says}: at ${diskFreePercent} % the door closes`, 'free space or enlarge the disk soon')
    : well('disk', says)
}
