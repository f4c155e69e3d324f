import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { packageRoot } from '../../src/embedded/package-root.ts'

const root = packageRoot()

/** What the program's first line has `node` started with. */
export function argumentsOfNode(): string[] {
  const [first = ''] = readFileSync(join(root, 'src/main.ts'), 'utf8').split('\n', 1)
  return first.split(' node ')[1]?.split(' ') ?? []
}

/** A whole service in a process of its own, as `yujing serve` starts it, on free ports in a directory of its own. */
export interface Service {
  readonly url: string
  readonly adminKey: string
  readonly dataDir: string
  readonly pid: number
  /** GET or, with a body, POST; with the admin key unless headers say otherwise. */
  request(path: string, init?: RequestInit): Promise<Response>
  /** Whether the process runs; false after it has ended, whoever ended it. */
  alive(): boolean
  /** Its last lines. */
  tail(): readonly string[]
  /** SIGTERM, and start again on the same port and data. */
  restart(): Promise<void>
  /** SIGKILL without a word. */
  kill(): Promise<void>
  /** SIGTERM; the data stay. Resolves when it has ended. */
  halt(): Promise<void>
  /** Starts again after `kill` or `halt`. */
  start(): Promise<void>
  /** SIGTERM, and remove the data. */
  stop(): Promise<void>
}

/** Starts a service from `dist`; resolves when its ready line has come. */
export async function startService(
  options: {
    env?: Record<string, string>
    /** Where its directory is made; the machine's own place for such. */
    under?: string
    /** Before the program, e.g. `--import FILE`. */
    nodeArgs?: readonly string[]
    /** Absent: a new one, removed by `stop`. */
    dataDir?: string
    /** Gets every line the service writes. */
    onLine?: (line: string) => void
  } = {},
): Promise<Service> {
  if (!existsSync(join(root, 'dist/src/main.js'))) throw new Error('dist is missing: run npm run build')
  const dataDir = options.dataDir ?? (await mkdtemp(join(options.under ?? tmpdir(), 'yujing-service-')))
  const adminKey = 'test-admin-key-0123456789abcdef'
  let child: ChildProcess
  let url = ''
  let port = '0'
  let lines: string[] = []

  async function start(): Promise<void> {
    const own: string[] = []
    lines = own
    child = spawn(
      process.execPath,
      [
        ...argumentsOfNode(),
        ...(options.nodeArgs ?? []),
        join(root, 'dist/src/main.js'),
        ...['serve', '--port', port, '--data-dir', dataDir],
      ],
      {
        env: {
          PATH: process.env.PATH,
          YUJING_BOOTSTRAP_KEY: adminKey,
          // Every service of the tests would write its reserve anew.
          YUJING_DISK_RESERVE_BYTES: '1048576',
          ...options.env,
        },
        cwd: root,
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    const running = child
    // Whoever started it may end without a word to it.
    const killIt = () => running.kill('SIGKILL')
    process.once('exit', killIt)
    running.once('exit', () => process.off('exit', killIt))
    url = await new Promise<string>((resolveReady, reject) => {
      const keep = (line: string) => {
        own.push(line)
        options.onLine?.(line)
        if (own.length > 200) own.shift()
      }
      createInterface({ input: running.stderr as NodeJS.ReadableStream }).on('line', keep)
      createInterface({ input: running.stdout as NodeJS.ReadableStream }).on('line', (line) => {
        keep(line)
        if (line.includes('"msg":"ready"')) resolveReady((JSON.parse(line) as { url: string }).url)
      })
      running.once('exit', (code, signal) =>
        reject(new Error(`the service ended (${code ?? signal}):\n${own.join('\n')}`)),
      )
    })
    port = new URL(url).port
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise((resolveGone) => child.once('exit', resolveGone))
    child.kill(signal)
    await gone
  }

  await start()
  return {
    get url() {
      return url
    },
    get pid() {
      return child.pid as number
    },
    adminKey,
    dataDir,
    request: (path, init = {}) =>
      fetch(`${url}${path}`, {
        ...init,
        method: init.method ?? (init.body ? 'POST' : 'GET'),
        headers: { authorization: `Bearer ${adminKey}`, ...(init.headers as Record<string, string>) },
      }),
    alive: () => child.exitCode === null && child.signalCode === null,
    tail: () => lines,
    halt: () => end('SIGTERM'),
    restart: async () => {
      await end('SIGTERM')
      await start()
    },
    kill: () => end('SIGKILL'),
    start,
    stop: async () => {
      await end('SIGTERM')
      await rm(dataDir, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** Between two looks at first, and at most: what comes soon is seen soon, what takes long is not asked for all the time. */
const FIRST_LOOK_MS = 10
const LONGEST_LOOK_MS = 100

/** Waits until `probe` gives something, or fails naming what was waited for. */
export async function eventually<T>(
  what: string,
  probe: () => Promise<T | null | undefined | false>,
  timeoutMs = 90_000,
): Promise<T> {
  const end = performance.now() + timeoutMs
  for (let waitMs = FIRST_LOOK_MS; ; waitMs = Math.min(waitMs * 1.5, LONGEST_LOOK_MS)) {
    const found = await probe()
    if (found) return found
    if (performance.now() > end) throw new Error(`never came: ${what}`)
    await new Promise((resolveLater) => setTimeout(resolveLater, waitMs))
  }
}

/** A statement to the service's ClickHouse, past the service; the answer as text. */
export async function askClickHouse(service: Service, statement: string): Promise<string> {
  const runtime = JSON.parse(await readFile(join(service.dataDir, 'runtime.json'), 'utf8')) as { clickhouseUrl: string }
  const { origin, username, password } = new URL(runtime.clickhouseUrl)
  const who = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')
  const answer = await fetch(origin, { method: 'POST', body: statement, headers: { authorization: `Basic ${who}` } })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${statement}: ${answer.status} ${text}`)
  return text
}
