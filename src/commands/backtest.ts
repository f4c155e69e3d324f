import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Command } from 'commander'
import { detectorOf, detectors } from '../../detectors/index.ts'
import { type BacktestCase, type BacktestReport, type BacktestSide, backtest, MOST_DAYS } from '../backtest.ts'
import { parametersFault } from '../detect/parameters.ts'
import { LEVELS } from '../model/level.ts'
import { parseDay } from '../model/time.ts'
import type { Store } from '../store/store.ts'
import { type CommandContext, UsageError } from './context.ts'
import { createCopyProgress } from './copy-progress.ts'
import { connectRuntime, connectRuntimeStore } from './runtime.ts'

interface BacktestFlags {
  params?: string
  from: string
  to: string
  judgeBackfill?: boolean
  json?: boolean
  dataDir?: string
}

const NOTES = `
Folds the stored history twice, with the parameters that were in force and with those of the file, and shows which alerts
would have opened in the period. Nothing is written. Days are business days (+08:00); --to is not included.

The file holds what is to differ:
  {"complainants": 8, "times": 4}

Example:
  yujing backtest complaint-surge --params stricter.json --from 2026-08-01 --to 2026-11-01`

/** `yujing backtest DETECTOR`: what other parameters would have said of history. */
export function backtestCommand(context: CommandContext): Command {
  return new Command('backtest')
    .description('let a detector judge stored history again with other parameters, and show what differs')
    .argument('<detector>', `one of ${detectors.map(({ id }) => id).join(', ')}`)
    .option('--params <file>', 'JSON file of parameters to try (default: those in force)')
    .requiredOption('--from <day>', 'first business day, e.g. 2026-08-01')
    .requiredOption('--to <day>', 'the business day after the last')
    .option('--judge-backfill', 'judge imported history as if it had come in live')
    .option('--json', 'as JSON')
    .option('--data-dir <dir>', 'directory of the running service (default ./data)')
    .addHelpText('after', NOTES)
    .action((id: string, flags: BacktestFlags) => run(context, id, flags))
}

async function run(context: CommandContext, id: string, flags: BacktestFlags): Promise<void> {
  const detector = detectorOf(id)
  if (detector === undefined) throw new UsageError(`there is no detector ${id}: yujing detectors lists them`)
  const [fromDay, toDay] = [dayOf('--from', flags.from), dayOf('--to', flags.to)]
  if (fromDay >= toDay) throw new UsageError(`--from ${flags.from} must be before --to ${flags.to}`)
  if (toDay - fromDay > MOST_DAYS) throw new UsageError(`--from and --to may be ${MOST_DAYS} days apart at most`)
  const parameters = flags.params === undefined ? {} : await parametersIn(resolve(context.cwd, flags.params))
  const fault = parametersFault(detector, parameters)
  if (fault !== null) throw new UsageError(`${flags.params}: ${fault}`)

  const log = await connectRuntime(context, flags.dataDir)
  const progress = createCopyProgress(context)
  let store: Store | null = null
  try {
    store = await connectRuntimeStore(context, flags.dataDir)
    const report = await backtest({
      store,
      epoch: log.epoch,
      last: await log.events.last(),
      question: { detector, parameters, fromDay, toDay, judgesBackfill: flags.judgeBackfill === true },
      signal: context.signal,
      onProgress: (done) => progress.tell('history', done),
    })
    progress.stop()
    context.stdout.write(flags.json ? `${JSON.stringify(report, null, 2)}\n` : inWords(report))
  } finally {
    progress.stop()
    await store?.close()
    await log.close()
  }
}

function dayOf(flag: string, text: string): number {
  const day = parseDay(text)
  if (day === null) throw new UsageError(`${flag} ${text} is no day: write it as 2026-08-01`)
  return day
}

async function parametersIn(file: string): Promise<Readonly<Record<string, number>>> {
  const refused = new UsageError(`${file} must hold a JSON object of numbers, e.g. {"complainants": 8}`)
  const read: unknown = await readFile(file, 'utf8').then(JSON.parse, (error: Error) => {
    throw new UsageError(`${file} cannot be read: ${error.message}`)
  })
  if (typeof read !== 'object' || read === null || Array.isArray(read)) throw refused
  const entries = Object.entries(read)
  if (entries.some(([, value]) => typeof value !== 'number')) throw refused
  return Object.fromEntries(entries) as Record<string, number>
}

function inWords(report: BacktestReport): string {
  const { detector, detectorVersion, from, to, events, position, inForce, proposed, differences } = report
  const { onlyProposed, onlyInForce, otherLevel } = differences
  const row = (title: string, of: (side: BacktestSide) => number | string) =>
    `  ${title.padEnd(24)}${String(of(inForce)).padStart(12)}${String(of(proposed)).padStart(12)}`
  const shown = (one: BacktestCase) => `  ${one.day} ${one.level.padEnd(6)} ${one.key} observed ${one.observed}`
  const list = (title: string, { cases, more }: { cases: readonly BacktestCase[]; more: number }) =>
    cases.length === 0
      ? []
      : [`${title}: ${cases.length + more}`, ...cases.map(shown), ...(more > 0 ? [`  and ${more} more`] : [])]
  const lines = [
    `${detector} v${detectorVersion}, ${from} to ${to} (not included), ${events} events up to message ${position}`,
    `  ${''.padEnd(24)}${'in force'.padStart(12)}${'proposed'.padStart(12)}`,
    ...Object.keys(inForce.parameters).map((name) => row(name, ({ parameters }) => parameters[name] ?? '')),
    row('alerts', ({ alerts }) => alerts),
    ...LEVELS.map((level) => row(`  ${level}`, ({ byLevel }) => byLevel[level])),
    row('withdrawn', ({ withdrawn }) => withdrawn),
    row('alerts a day, most', ({ byDay }) => Math.max(...byDay.map(([, alerts]) => alerts))),
    ...list('only with the proposed', onlyProposed),
    ...list('only with those in force', onlyInForce),
    ...list('at another level', otherLevel),
  ]
  return `${lines.join('\n')}\n`
}
