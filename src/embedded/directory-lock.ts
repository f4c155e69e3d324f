import { randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { pid, platform } from 'node:process'

/** A directory that only one living process holds. */
export interface DirectoryLock {
  release(): void
}

/** Who holds a directory: pid and host of the process, and the socket by which it is known to live. */
interface Claim {
  readonly pid: number
  readonly host: string
  readonly socket: string
  readonly released?: true
}

/** Who took a directory last, and whether that process still lives. */
export interface Owner {
  readonly pid: number
  readonly host: string
  readonly alive: boolean
  /** Given up in order. */
  readonly released: boolean
}

/** The directory belongs to a living process; the message names it. */
export class DirectoryOwned extends Error {
  constructor(path: string, owner: Claim) {
    super(
      `${path} belongs to process ${owner.pid} on ${owner.host}, which is running; stop it, or give this one another YUJING_DATA_DIR`,
    )
    this.name = 'DirectoryOwned'
  }
}

/**
 * Takes the directory, or throws `DirectoryOwned`.
 *
 * An owner listens on a socket in the directory. The kernel closes it with the process, whatever ends that, so "does it
 * answer" needs no pid (which may have been given to another) and holds across containers that share a volume.
 *
 * Claims are numbered: `lock.<n>` names the owner, the highest number counts, and number n is only ever created once
 * (by link, with its content). Two that find lock.5 dead both try to create lock.6: one of them fails and looks again.
 * For the same reason a release leaves the file in place, marked as released.
 */
export async function lockDirectory(path: string): Promise<DirectoryLock> {
  const directory = openSync(path, 'r')
  const own: Claim = { pid, host: hostname(), socket: `owner-${randomBytes(6).toString('hex')}.sock` }
  const server = await listen(socketPath(path, directory, own.socket))
  const giveUp = () => {
    server.close()
    closeSync(directory)
  }
  try {
    for (;;) {
      const last = highest(path)
      const owner = last === 0 ? null : readOwner(path, last)
      if (last > 0 && owner === null) continue // a winner has just removed it
      if (owner && !owner.released && (await answers(socketPath(path, directory, owner.socket))))
        throw new DirectoryOwned(path, owner)
      const mine = last + 1
      if (!create(path, mine, own)) continue
      removeOlder(path, mine, own.socket)
      return {
        release() {
          write(join(path, `lock.${mine}`), { ...own, released: true })
          giveUp()
        },
      }
    }
  } catch (error) {
    giveUp()
    throw error
  }
}

/** Looks without taking; null when nobody ever held the directory, or there is none. */
export async function lookAtOwner(path: string): Promise<Owner | null> {
  if (!existsSync(path)) return null
  const last = highest(path)
  const claim = last === 0 ? null : readOwner(path, last)
  if (claim === null) return null
  const released = claim.released === true
  const directory = openSync(path, 'r')
  try {
    const alive = !released && (await answers(socketPath(path, directory, claim.socket)))
    return { pid: claim.pid, host: claim.host, alive, released }
  } finally {
    closeSync(directory)
  }
}

/** A socket's address holds about 100 bytes; on Linux the open directory stands in for a long path. */
function socketPath(path: string, directory: number, name: string): string {
  return platform === 'linux' ? `/proc/self/fd/${directory}/${name}` : join(path, name)
}

function listen(address: string): Promise<Server> {
  const server = createServer((socket) => socket.destroy())
  server.unref()
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(address, () => resolve(server))
  })
}

function answers(address: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(address)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') resolve(false)
      else reject(error)
    })
  })
}

function highest(path: string): number {
  const numbers = readdirSync(path).map((name) => Number(/^lock\.(\d+)$/.exec(name)?.[1] ?? 0))
  return Math.max(0, ...numbers)
}

function readOwner(path: string, number: number): Claim | null {
  try {
    return JSON.parse(readFileSync(join(path, `lock.${number}`), 'utf8')) as Claim
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** False when that number exists already. */
function create(path: string, number: number, owner: Claim): boolean {
  const draft = join(path, `${owner.socket}.lock`)
  write(draft, owner)
  try {
    linkSync(draft, join(path, `lock.${number}`))
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

function write(path: string, owner: Claim): void {
  writeFileSync(`${path}.new`, JSON.stringify(owner), { mode: 0o600 })
  renameSync(`${path}.new`, path)
}

/** Only the lock that was won over, and below: others may be claiming at this moment with files of their own. */
function removeOlder(path: string, mine: number, ownSocket: string): void {
  for (let number = mine - 1; number > 0; number--) {
    const owner = readOwner(path, number)
    if (owner === null) return
    if (owner.socket !== ownSocket) rmSync(join(path, owner.socket), { force: true })
    rmSync(join(path, `lock.${number}`), { force: true })
  }
}
