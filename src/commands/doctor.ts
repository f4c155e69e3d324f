import { versions } from 'node:process'
import { Command } from 'commander'
import { type Config, ConfigError, readConfig } from '../config.ts'
import { lookAtOwner } from '../embedded/directory-lock.ts'
import type { LogConnection } from '../log/connection.ts'
import { systemClock } from '../telemetry/clock.ts'
import type { CommandContext } from './context.ts'
import { type Finding, type State, well, wrong } from './doctor/finding.ts'
import { checkInstallation } from './doctor/installation.ts'
import { checkLog, checkService, checkStore } from './doctor/running.ts'
import { connectRuntime, type Runtime, readRuntime } from './runtime.ts'
import { withFlags } from './serve.ts'

const SIGNS: Readonly<Record<State, string>> = { well: '  ok  ', note: '  note', wrong: 'WRONG ' }

/** Something is wrong with the installation: exit code 1, the report has said what. */
class Unwell extends Error {}

/** `yujing doctor`: looks at an installation, running or not, and says what to mend. */
export function doctorCommand(context: CommandContext): Command {
  return new Command('doctor')
    .description('check an installation and say what to mend; exit 1 when something is wrong')
    .option('--data-dir <dir>', 'directory of the service (default ./data)')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  yujing doctor --data-dir /var/lib/yujing')
    .action(async (flags: { dataDir?: string; json?: boolean }) => {
      const findings = await examine(context, flags.dataDir)
      const ill = findings.filter(({ state }) => state === 'wrong').length
      if (flags.json) context.stdout.write(`${JSON.stringify({ well: ill === 0, findings }, null, 2)}\n`)
      else for (const finding of findings) context.stdout.write(lineOf(finding))
      if (ill > 0) throw new Unwell(`${ill} of ${findings.length} checks found something to mend`)
    })
}

function lineOf({ check, state, says, remedy }: Finding): string {
  const more = remedy === undefined ? '' : `\n${' '.repeat(21)}-> ${remedy}`
  return `${SIGNS[state]} ${check.padEnd(13)} ${says}${more}\n`
}

async function examine(context: CommandContext, dataDir: string | undefined): Promise<Finding[]> {
  let config: Config
  try {
    config = readConfig(withFlags(context.env, dataDir === undefined ? {} : { dataDir }), context.cwd)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return [wrong('configuration', error.message, 'correct the variable; see the table of settings in README.md')]
  }
  const owner = await lookAtOwner(config.dataDir)
  const installation = await checkInstallation({ config, nodeVersion: versions.node, owner })
  if (owner?.alive !== true) return [...installation, well('service', 'is not running')]
  return [...installation, ...(await examineRunning(context, config))]
}

async function examineRunning(context: CommandContext, config: Config): Promise<Finding[]> {
  let runtime: Runtime
  try {
    runtime = await readRuntime(context, config.dataDir)
  } catch {
    return [
      wrong('service', 'it is still starting, or stopping', 'wait until its line "ready" has come, then ask again'),
    ]
  }
  const now = systemClock().now()
  const service = await checkService(runtime)
  const store = checkStore(runtime, now)
  let log: LogConnection
  try {
    log = await connectRuntime(context, config.dataDir)
  } catch {
    const away = wrong(
      'log',
      `nats-server does not answer at ${runtime.natsUrl}`,
      'the door answers 503 until it does; start it again, or look at its log',
    )
    return [...service, away, ...(await store)]
  }
  try {
    return [...service, ...(await checkLog(log, config, now)), ...(await store)]
  } finally {
    await log.close()
  }
}
