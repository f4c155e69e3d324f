#!/usr/bin/env -S node --max-semi-space-size=32
// MiB where what is new lives: an event dies young, and with V8's own 16 the service takes a tenth more CPU. It can only be
// said before the program starts; whoever starts it with `node` by hand gives the same.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { Command, CommanderError } from 'commander'
import { backtestCommand } from './commands/backtest.ts'
import { backupCommand } from './commands/backup.ts'
import { benchCommand } from './commands/bench.ts'
import { type CommandContext, UsageError } from './commands/context.ts'
import { demoCommand } from './commands/demo.ts'
import { detectorsCommand } from './commands/detectors.ts'
import { doctorCommand } from './commands/doctor.ts'
import { importCommand } from './commands/import.ts'
import { keyCommand } from './commands/key.ts'
import { rebuildCommand } from './commands/rebuild.ts'
import { restoreCommand } from './commands/restore.ts'
import { serveCommand } from './commands/serve.ts'
import { simulateCommand } from './commands/simulate.ts'
import { verifyCommand } from './commands/verify.ts'
import { ConfigError } from './config.ts'
import { UndecidedError } from './import/faults.ts'

const DONE = 0
const FAILED = 1
const WRONG_USAGE = 2
/** Nothing was done because a person must decide first. */
const UNDECIDED = 3

const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // A second signal means now: the guards end the children.
    if (stopping.signal.aborted) process.exit(FAILED)
    stopping.abort()
  })
}

const dotEnv = join(process.cwd(), '.env')
const context: CommandContext = {
  env: { ...(existsSync(dotEnv) ? parseEnv(readFileSync(dotEnv, 'utf8')) : {}), ...process.env },
  cwd: process.cwd(),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  isTerminal: process.stdout.isTTY === true,
  signal: stopping.signal,
}

const program = new Command('yujing')
  .description('Yujing (预警): real-time risk monitoring and alerting for market supervision')
  .version('0.1.0')
  .exitOverride()
const COMMANDS = [
  serveCommand,
  demoCommand,
  simulateCommand,
  importCommand,
  keyCommand,
  detectorsCommand,
  backupCommand,
  restoreCommand,
  doctorCommand,
  verifyCommand,
  backtestCommand,
  rebuildCommand,
  benchCommand,
]
for (const command of COMMANDS) program.addCommand(endingByException(command(context)))

try {
  await program.parseAsync(process.argv)
  process.exit(DONE)
} catch (error) {
  process.exit(exitCode(error))
}

function exitCode(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? DONE : WRONG_USAGE
  const text = error instanceof Error ? error.message : String(error)
  process.stderr.write(`yujing: ${text}\n`)
  if (error instanceof UndecidedError) return UNDECIDED
  return error instanceof UsageError || error instanceof ConfigError ? WRONG_USAGE : FAILED
}

/** Lets a command and all below it throw where they would end the process, so that wrong usage gets its exit code here. */
function endingByException(command: Command): Command {
  command.commands.forEach(endingByException)
  return command.exitOverride()
}
