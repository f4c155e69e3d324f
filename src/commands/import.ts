import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Command } from 'commander'
import { ENCODINGS, type Encoding } from '../import/encoding.ts'
import { UndecidedError } from '../import/faults.ts'
import { guessFromFile } from '../import/guess/from-file.ts'
import { type Input, openFile, openPipe } from '../import/input.ts'
import { importFile, undoRun } from '../import/run.ts'
import { COUNT_TOLERANCE_PERCENT } from '../import/snapshot/limits.ts'
import { importSnapshot } from '../import/snapshot/run.ts'
import { watchDirectory } from '../import/watch.ts'
import { type CommandContext, UsageError } from './context.ts'
import { type GroundFlags, groundOf, stateDirOf } from './import/ground.ts'
import { printGuess, printRejected, printRuns, printUndecided, report } from './import/report.ts'

interface ImportFlags extends GroundFlags {
  readonly mapping?: string
  readonly encoding?: string
  readonly backfill?: boolean
  readonly rejects?: string
  readonly undo?: string
  readonly reason?: string
  readonly runs?: boolean
  readonly rejected?: string
  readonly guess?: string
  readonly watch?: string
  readonly once?: boolean
  readonly out?: string
  readonly snapshot?: string
  readonly key?: string
  readonly acceptAnyway?: boolean
  readonly tolerance?: string
}

const EXAMPLES = `
A file of CloudEvents, one a line, or a table (CSV) with a mapping; UTF-8 or GB18030, plain or .gz; "-" is standard input.
Interrupted or killed, the same command goes on where it was. What is refused is named in FILE.rejected: line, cause and
remedy, not the row itself. deploy/guide/import.md leads through it.

Examples:
  yujing import --guess 企业登记.csv --out mapping.json
  yujing import 企业登记.csv --mapping mapping.json --backfill
  yujing import events.ndjson.gz --to https://yujing.example.cn --key-file key.txt
  yujing import --rejected 企业登记.csv.rejected
  yujing import 登记2026-11.csv --snapshot 登记 --key 统一社会信用代码 --mapping mapping.json
  yujing import --undo 4f0c9a7be1d20c55 --reason "wrong month"

--snapshot sends only what differs from the last full table of that source. A table that is empty, of another length, or
lacks a column or county stops with exit code 3 and says so; nothing was sent. --accept-anyway goes on.`

/** `yujing import`: files of source systems into the running service. */
export function importCommand(context: CommandContext): Command {
  return new Command('import')
    .description('send a file of events, or a table by a mapping, into the service')
    .argument('[files...]', 'files, or - for standard input')
    .option('--mapping <file>', 'how the rows of a table become events (JSON)')
    .option('--guess <file>', 'propose a mapping from the header of a table and its first rows')
    .option('--encoding <name>', `${ENCODINGS.join(', ')} (default: seen from the file)`)
    .option('--backfill', 'history: changes what is known, and raises no alert')
    .option('--rejects <file>', 'what is refused goes here (default: FILE.rejected)')
    .option('--snapshot <source>', 'a full table: import what differs from the last one of this source')
    .option('--key <columns>', 'with --snapshot: what names a row in every table; several with commas')
    .option('--accept-anyway', 'with --snapshot: take a table that looks wrong for the present state')
    .option(
      '--tolerance <percent>',
      'with --snapshot: ask when the number of rows is off by this much',
      String(COUNT_TOLERANCE_PERCENT),
    )
    .option('--undo <run>', 'withdraw every event that came through a run')
    .option('--reason <text>', 'why, with --undo', 'import withdrawn')
    .option('--watch <dir>', 'import what is dropped there with a NAME.manifest.json, and leave a receipt')
    .option('--once', 'with --watch: end when nothing whole is left')
    .option('--runs', 'list earlier runs')
    .option('--rejected <file>', 'show the rows behind a file of rejects')
    .option('--out <file>', 'with --guess, --rejected: write to a new file')
    .option('--to <url>', 'address of the service (default: the one on --data-dir)')
    .option('--key-file <file>', 'file that holds the API key (default: YUJING_KEY, else YUJING_BOOTSTRAP_KEY)')
    .option('--data-dir <dir>', 'directory of the running service (default ./data)')
    .option('--state-dir <dir>', 'where runs are remembered (default: DATA_DIR/import)')
    .option('--json', 'what it came to as JSON, a line a file')
    .addHelpText('after', EXAMPLES)
    .action((files: string[], flags: ImportFlags) => imports(context, files, flags))
}

async function imports(context: CommandContext, files: readonly string[], flags: ImportFlags): Promise<void> {
  const json = flags.json === true
  if (flags.runs) return await printRuns(context, stateDirOf(context, flags), json)
  if (flags.rejected !== undefined) return await printRejected(context, flags.rejected, flags.out)
  if (flags.guess !== undefined) {
    const input = await inputOf(context, flags.guess)
    return await printGuess(context, await guessFromFile(input, encodingOf(flags)), flags.out)
  }
  if (flags.undo !== undefined) {
    if (!/^[a-z0-9]{8,40}$/.test(flags.undo))
      throw new UsageError(`--undo ${flags.undo} is not the id of a run; see --runs`)
    const ground = await groundOf(context, flags)
    const rejectsPath = resolve(
      context.cwd,
      flags.rejects ?? join(ground.stateDir, 'runs', flags.undo, 'undo.rejected'),
    )
    return report(context, await undoRun(ground, { run: flags.undo, reason: flags.reason ?? '', rejectsPath }), json)
  }
  if (flags.watch !== undefined) {
    const options = {
      directory: resolve(context.cwd, flags.watch),
      mapping: await mappingOf(context, flags),
      encoding: encodingOf(flags),
      backfill: flags.backfill === true,
      snapshot: snapshotOf(flags),
      once: flags.once === true,
    }
    const settled = await watchDirectory(await groundOf(context, flags), options)
    return void context.stderr.write(`  ${settled} deliveries settled\n`)
  }
  if (files.length === 0) throw new UsageError('name a file, or - for standard input')
  const snapshot = snapshotOf(flags)
  if (files.length > 1 && snapshot !== null) throw new UsageError('--snapshot goes with one file')
  if (files.length > 1 && flags.rejects !== undefined) throw new UsageError('--rejects goes with one file')
  const encoding = encodingOf(flags)
  const mapping = await mappingOf(context, flags)
  const ground = await groundOf(context, flags)
  for (const file of files) {
    const input = await inputOf(context, file)
    const rejectsPath = resolve(context.cwd, flags.rejects ?? `${file === '-' ? 'stdin' : file}.rejected`)
    const request = { input, encoding, mapping, backfill: flags.backfill === true, rejectsPath }
    if (snapshot === null) report(context, await importFile(ground, request), json)
    else {
      const summary = await importSnapshot(ground, { ...request, ...snapshot }).catch((error: unknown) => {
        if (json && error instanceof UndecidedError) printUndecided(context, error)
        throw error
      })
      report(context, summary, json)
    }
  }
}

function snapshotOf({ snapshot, key, acceptAnyway, tolerance }: ImportFlags) {
  if (snapshot === undefined) {
    if (key !== undefined || acceptAnyway) throw new UsageError('--key and --accept-anyway go with --snapshot SOURCE')
    return null
  }
  const columns = (key ?? '').split(/[,，]/).map((one) => one.trim())
  if (columns.includes('')) throw new UsageError('--snapshot needs --key: the column that names a row in every table')
  const tolerancePercent = Number(tolerance)
  if (!(tolerancePercent > 0 && tolerancePercent <= 100))
    throw new UsageError(`--tolerance ${tolerance}: allowed is a percentage above 0, up to 100`)
  return { source: snapshot, key: columns, acceptAnyway: acceptAnyway === true, tolerancePercent }
}

async function inputOf(context: CommandContext, file: string): Promise<Input> {
  if (file !== '-') return await openFile(resolve(context.cwd, file))
  if (context.stdin === undefined) throw new UsageError('there is no standard input')
  return await openPipe(context.stdin)
}

function encodingOf({ encoding }: ImportFlags): Encoding | undefined {
  if (encoding === undefined) return undefined
  const name = { utf8: 'utf-8', gbk: 'gb18030', gb2312: 'gb18030' }[encoding.toLowerCase()] ?? encoding.toLowerCase()
  const found = ENCODINGS.find((one) => one === name)
  if (found === undefined) throw new UsageError(`--encoding ${encoding}: allowed is ${ENCODINGS.join(', ')}`)
  return found
}

async function mappingOf(
  context: CommandContext,
  { mapping }: ImportFlags,
): Promise<{ text: string; name: string } | null> {
  if (mapping === undefined) return null
  const text = await readFile(resolve(context.cwd, mapping), 'utf8').catch(() => {
    throw new UsageError(`--mapping: cannot read ${mapping}`)
  })
  return { text, name: mapping }
}
