import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Command } from 'commander'
import type { Benchmark, Run } from '../../test/bench/benchmark.ts'
import { systemClock } from '../telemetry/clock.ts'
import { type CommandContext, UsageError } from './context.ts'

interface BenchFlags {
  readonly seconds?: string
  readonly set: readonly string[]
  readonly small?: boolean
  readonly json?: boolean
  readonly out: string
}

/** `yujing bench [NAME]`: runs a benchmark of test/bench, or lists them. */
export function benchCommand(context: CommandContext): Command {
  return new Command('bench')
    .description('measure the service on this machine; without a name: list the benchmarks and their settings')
    .argument('[name]', 'benchmark to run')
    .option('--seconds <seconds>', 'the setting "seconds" of those that have it')
    .option('--set <name=value>', 'another setting; may be repeated', (one, all: string[]) => [...all, one], [])
    .option('--small', 'the small settings: to see that it works, not to measure')
    .option('--json', 'as JSON')
    .option('--out <dir>', 'where files beside the figures go', 'test/results')
    .addHelpText('after', '\nExample:\n  yujing bench pipeline --seconds 120 --set enterprises=100000')
    .action((name: string | undefined, flags: BenchFlags) => bench(context, name, flags))
}

async function bench(context: CommandContext, name: string | undefined, flags: BenchFlags): Promise<void> {
  // Loaded only here: the service itself must not load its benchmarks.
  const { benchmarks } = await import('../../test/bench/index.ts')
  const { asJson, asText, catalogueText } = await import('../../test/bench/print.ts')
  const { thisMachine } = await import('../../test/bench/machine.ts')
  if (name === undefined) return void context.stdout.write(catalogueText(benchmarks))
  const benchmark = benchmarks.find((one) => one.name === name)
  if (benchmark === undefined)
    throw new UsageError(
      `there is no benchmark "${name}": it is one of ${benchmarks.map((one) => one.name).join(', ')}`,
    )

  const settings = settingsOf(benchmark, flags)
  const out = resolve(context.cwd, flags.out)
  await mkdir(out, { recursive: true })
  const tell = (text: string) => void context.stderr.write(`  ${name}: ${text}\n`)
  const machine = await thisMachine()
  const startedAt = systemClock().now()
  const report = await benchmark.run({ settings, tell, signal: context.signal, out })
  const finished = { benchmark, settings, machine, startedAt, report }
  context.stdout.write(flags.json ? asJson(finished) : asText(finished))
}

/** @throws UsageError for a setting that the benchmark does not have or a value that is no number */
function settingsOf(benchmark: Benchmark, { seconds, set, small }: BenchFlags): Run['settings'] {
  const settings: Record<string, number> = {}
  for (const [name, setting] of Object.entries(benchmark.settings))
    settings[name] = small ? setting.small : setting.value
  for (const assignment of [...(seconds === undefined ? [] : [`seconds=${seconds}`]), ...set]) {
    const [name = '', text = ''] = assignment.split('=')
    const value = Number(text)
    if (!Object.hasOwn(settings, name))
      throw new UsageError(`${benchmark.name} has no setting "${name}": it has ${Object.keys(settings).join(', ')}`)
    if (text.trim() === '' || !(value >= 0)) throw new UsageError(`${name} must be a number from 0, not "${text}"`)
    settings[name] = value
  }
  return settings
}
