import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { execPath, env as ownEnvironment } from 'node:process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { packageRoot } from './package-root.ts'
import { endProcess, identify, type ProcessIdentity } from './processes.ts'

/** What to run under a guard. */
export interface ChildSpecification {
  /** Names it in logs and in `children.json`. */
  readonly name: string
  /** Absolute path of the executable. */
  readonly command: string
  readonly args: readonly string[]
  /** Added to the few variables every program needs; nothing else of the service's environment reaches a child. */
  readonly env?: Readonly<Record<string, string>>
  /** Each line of its stdout and stderr, in the order they come. */
  readonly onLine?: (line: string) => void
}

/** A child that ends with the service, whatever ends the service. */
export interface GuardedChild {
  /** The child's own pid, not its guard's. */
  readonly pid: number
  /** Resolves when the child has ended and its output has been read; never rejects. */
  readonly exited: Promise<ChildExit>
  /** SIGTERM, after `graceMs` (default 10,000) SIGKILL; resolves when the child is gone. */
  stop(graceMs?: number): Promise<void>
}

export interface ChildExit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** Told of every process that starts to hold the directory, and again without it when it has ended. */
export interface ChildRegister {
  add(name: string, identity: ProcessIdentity): void
  remove(identity: ProcessIdentity): void
}

const DEFAULT_GRACE_MS = 10_000
const PASSED_ON = ['PATH', 'HOME', 'TMPDIR', 'TZ', 'LANG', 'LD_LIBRARY_PATH']

type FromGuard = { pid: number } | { failed: string } | { exited: ChildExit }

/** Starts a guard and, through it, the child; resolves when the child runs, rejects when it cannot be started. */
export async function spawnGuarded(child: ChildSpecification, register: ChildRegister): Promise<GuardedChild> {
  // Detached: a Ctrl-C in the terminal reaches the service alone, which then stops its children in order.
  const guard = spawn(execPath, [guardPath(), child.name], {
    detached: true,
    env: environment({}),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const onLine = child.onLine ?? (() => {})
  forwardLines(guard.stdout as Readable, onLine)
  forwardLines(guard.stderr as Readable, onLine)
  const closed = new Promise<void>((resolve) => guard.once('close', () => resolve()))

  const guardIdentity = guard.pid === undefined ? null : identify(guard.pid)
  if (guardIdentity) register.add(`${child.name} guard`, guardIdentity)
  const started = firstMessage(guard)
  guard.send({ start: { command: child.command, args: child.args, env: environment(child.env ?? {}) } })

  let identity: ProcessIdentity | null = null
  const exited = new Promise<ChildExit>((resolve) => {
    let exit: ChildExit | null = null
    guard.on('message', (message: FromGuard) => {
      if ('exited' in message) exit = message.exited
    })
    closed.then(async () => {
      // Without a last message the guard itself was killed: the child is ours to end.
      if (exit === null && identity) await endProcess(identity, DEFAULT_GRACE_MS)
      if (identity) register.remove(identity)
      if (guardIdentity) register.remove(guardIdentity)
      resolve(exit ?? { code: null, signal: 'SIGKILL' })
    })
  })

  const message = await started
  if (!('pid' in message)) {
    await exited
    throw new Error(`${child.name} cannot be started: ${'failed' in message ? message.failed : 'its guard ended'}`)
  }
  identity = identify(message.pid)
  if (identity) register.add(child.name, identity)
  return {
    pid: message.pid,
    exited,
    async stop(graceMs = DEFAULT_GRACE_MS) {
      if (guard.connected) guard.send({ stop: graceMs }, () => {})
      await exited
    },
  }
}

function firstMessage(guard: ChildProcess): Promise<FromGuard> {
  return new Promise((resolve) => {
    guard.once('message', (message: FromGuard) => resolve(message))
    guard.once('error', (error) => resolve({ failed: error.message }))
    guard.once('close', () => resolve({ failed: 'its guard ended' }))
  })
}

function forwardLines(stream: Readable, onLine: (line: string) => void): void {
  createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', onLine)
}

function environment(own: Readonly<Record<string, string>>): Record<string, string> {
  const passed: Record<string, string> = {}
  for (const name of PASSED_ON) {
    const value = ownEnvironment[name]
    if (value !== undefined) passed[name] = value
  }
  return { ...passed, ...own }
}

/** The guard is plain JavaScript and is not compiled: it stands in the sources, whether we run from there or from dist. */
function guardPath(): string {
  return join(packageRoot(), 'src', 'embedded', 'guard.mjs')
}
