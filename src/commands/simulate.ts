import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Command } from 'commander'
import { isEventType } from '../model/catalogue/catalogue.ts'
import { DAY_MS } from '../model/time.ts'
import { kindsTable } from '../simulate/incidents/kinds-table.ts'
import { type PlannedIncident, readIncidentFile } from '../simulate/incidents/plan.ts'
import { createProgressBar } from '../simulate/progress-bar.ts'
import { createProvince, type Province } from '../simulate/province.ts'
import { runSimulation, type Send } from '../simulate/run.ts'
import { createFileReceiver } from '../simulate/send-file.ts'
import { createHttpSend } from '../simulate/send-http.ts'
import { writeTruth } from '../simulate/truth-file.ts'
import { type Clock, systemClock } from '../telemetry/clock.ts'
import { type CommandContext, UsageError } from './context.ts'
import { readRuntime } from './runtime.ts'
import { volumes } from './simulate-volumes.ts'

interface SimulateFlags {
  rate: string
  enterprises: string
  seed: string
  days: string
  speed?: string
  incidents?: string
  to?: string
  key?: string
  truth?: string
  risks?: boolean
  table?: string
  kinds?: boolean
  volumes?: string | true
  pictures?: string
  faults: string
  soleTraders: string
  monthlyTables?: boolean
  now?: string
  after?: string
  even?: boolean
  live: boolean
  dataDir?: string
}

const EXAMPLES = `
Plays a made-up province: every person, number and enterprise in it is invented, each source begins with /simulated.
Starts --days before now and runs at --speed until it meets the wall clock, then at 1, until interrupted. What is older
than the last hour goes as backfill: it changes what is known and raises no alert. A file gets the history alone.

Examples:
  yujing simulate --rate 0.2 --enterprises 20000 --seed 7 --days 14 --key KEY
  yujing simulate --rate 5 --days 1 --to http://127.0.0.1:8080 --truth truth.json
  yujing simulate --days 30 --seed 7 --now 2026-11-23T08:00:00+08:00 --to history.ndjson

A file of incidents replaces the default plan. "kind" is one of --kinds, a career, or "*" for one of each; "at" is in
seconds from now; "size", "lasts" (seconds), "before" (events in the days before) are as usual for the kind unless given;
"times" and "every" (seconds) repeat:
  {"incidents":[{"kind":"complaint-surge","at":30,"size":12,"lasts":60,"before":2},{"kind":"*","at":600,"times":3,"every":3600}]}
The truth is a file of JSON lines, see src/simulate/README.md.`

/** `yujing simulate`: a seeded province with known incidents, played into a running service or a file. */
export function simulateCommand(context: CommandContext): Command {
  return new Command('simulate')
    .description('play a made-up province, with known incidents, into a service or a file')
    .option('--rate <events>', 'routine events a simulated second, mean over a week', '0.2')
    .option('--enterprises <number>', 'size of the population', '20000')
    .option('--seed <text>', 'same seed and flags (and --now): same events', '1')
    .option('--days <days>', 'days of history before now, fractions allowed', '14')
    .option('--speed <factor>', 'simulated seconds a second until now is met (default: as fast as it goes)')
    .option('--incidents <file>', 'JSON file of incidents to plant instead of the default plan')
    .option('--to <target>', 'URL of a service or a file of NDJSON (default: the service on --data-dir)')
    .option('--key <key>', 'API key (default: YUJING_KEY, else YUJING_BOOTSTRAP_KEY)')
    .option('--truth <file>', 'write what was planted as JSON lines: who, when, which detector should speak')
    .option('--risks', 'write the hidden risk of every enterprise into the truth too')
    .option('--kinds', 'list the kinds of incidents, and end')
    .option(
      '--volumes [part]',
      'count a year of the whole province (20: a twentieth) beside the field’s figures, and end',
    )
    .option('--pictures <directory>', 'with --volumes: day.svg, week.svg, year.svg')
    .option('--sole-traders <number>', 'sole traders and cooperatives beside the enterprises', '0')
    .option('--faults <none|usual>', 'feeds as they are: late, silent, doubled, corrected, full tables resent', 'none')
    .option('--monthly-tables', 'tables of all entities from tax and social insurance every month')
    .option('--table <type>', 'to a file: events of this type alone, as CSV')
    .option('--now <time>', 'RFC 3339: what to take for now; not in the future (default: the clock)')
    .option('--after <time>', 'carry on an earlier run (same flags, same --now): send only what is later')
    .option('--even', 'no day, night or weekend')
    .option('--no-live', 'end when now is met')
    .option('--data-dir <dir>', 'directory of the running service (default ./data)')
    .addHelpText('after', EXAMPLES)
    .action((flags: SimulateFlags) => simulate(context, flags, systemClock()))
}

async function simulate(context: CommandContext, flags: SimulateFlags, clock: Clock): Promise<void> {
  const { signal } = context
  const speed = flags.speed === undefined ? Infinity : number(flags.speed, '--speed')
  if (!(speed > 0)) throw new UsageError('--speed must be above 0')
  if (flags.kinds) {
    context.stdout.write(kindsTable())
    return
  }
  if (flags.volumes !== undefined) {
    const part = flags.volumes === true ? 20 : number(flags.volumes, '--volumes')
    if (!(part >= 1)) throw new UsageError('--volumes must be 1 or more')
    const now = flags.now === undefined ? clock.now() : time(flags.now, '--now', clock)
    const pictures = flags.pictures === undefined ? null : resolve(context.cwd, flags.pictures)
    context.stdout.write(await volumes(flags.seed, now, part, pictures))
    return
  }
  const after = flags.after === undefined ? undefined : time(flags.after, '--after', clock)
  const province = await provinceOf(context, flags, clock, after !== undefined)
  const sleep = (ms: number) => wait(ms, undefined, { signal }).catch(() => undefined)
  const target = await openTarget(context, flags, clock, sleep)
  if (flags.truth !== undefined) {
    await writeTruth(resolve(context.cwd, flags.truth), province, flags.risks === true)
  }

  const expected = province.expected.initial + province.expected.history
  const bar = context.isTerminal ? createProgressBar(context.stderr, expected, clock) : null
  const live = target.live && flags.live
  const result = await runSimulation({
    province,
    send: target.send,
    clock,
    sleep,
    speed,
    signal,
    live,
    ...(after !== undefined && { after }),
    onProgress: (progress) => bar?.update(progress),
  })
    .finally(() => bar?.stop())
    .finally(() => target.close())
  const { sent, accepted, duplicates, rejected, refusal } = result
  context.stdout.write(`${sent} events sent: ${accepted} accepted, ${duplicates} duplicates, ${rejected} rejected\n`)
  if (rejected > 0) throw new Error(`${rejected} of ${sent} events were rejected; the first: ${refusal ?? 'unknown'}`)
}

/** @throws UsageError for a flag out of its range or a file of incidents that is wrong */
async function provinceOf(
  context: CommandContext,
  flags: SimulateFlags,
  clock: Clock,
  carriesOn: boolean,
): Promise<Province> {
  const days = number(flags.days, '--days')
  const now = flags.now === undefined ? clock.now() : time(flags.now, '--now', clock)
  const { faults } = flags
  if (faults !== 'none' && faults !== 'usual') throw new UsageError(`--faults must be none or usual, not "${faults}"`)
  const incidents = flags.incidents === undefined ? undefined : await incidentsOf(context, flags.incidents)
  try {
    return createProvince({
      seed: flags.seed,
      enterprises: number(flags.enterprises, '--enterprises'),
      rate: number(flags.rate, '--rate'),
      days,
      start: Math.round(now - days * DAY_MS),
      rhythm: flags.even ? 'even' : 'daily',
      soleTraders: number(flags.soleTraders, '--sole-traders'),
      monthlyTables: flags.monthlyTables === true,
      faults,
      ...(incidents && { incidents }),
      // What was missed since the earlier run is history too, but for the last hour.
      ...(carriesOn && { liveFrom: clock.now() - DAY_MS / 24 }),
    })
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(`--${error.message}`) : error
  }
}

async function incidentsOf(context: CommandContext, path: string): Promise<PlannedIncident[]> {
  const text = await readFile(resolve(context.cwd, path), 'utf8').catch(() => {
    throw new UsageError(`--incidents: cannot read ${path}`)
  })
  try {
    return readIncidentFile(text)
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(`--incidents ${path}: ${error.message}`) : error
  }
}

interface Target {
  readonly send: Send
  /** Goes on with the wall clock unless told otherwise. */
  readonly live: boolean
  close(): Promise<void>
}

async function openTarget(
  context: CommandContext,
  flags: SimulateFlags,
  clock: Clock,
  sleep: (ms: number) => Promise<void>,
): Promise<Target> {
  if (flags.to !== undefined && !/^https?:\/\//i.test(flags.to)) {
    const { table } = flags
    if (table !== undefined && !isEventType(table)) throw new UsageError(`--table ${table} is not a type of event`)
    return { ...createFileReceiver(resolve(context.cwd, flags.to), table), live: false }
  }
  if (flags.table !== undefined) throw new UsageError('--table needs a file: --to FILE')
  const url = flags.to ?? (await readRuntime(context, flags.dataDir)).httpUrl
  if (!URL.canParse(url)) throw new UsageError(`--to ${url} is not a URL`)
  const key = flags.key ?? context.env.YUJING_KEY ?? context.env.YUJING_BOOTSTRAP_KEY
  if (key === undefined) throw new UsageError('no API key: give --key, YUJING_KEY or YUJING_BOOTSTRAP_KEY')
  const send = createHttpSend({ url, key, clock, sleep, signal: context.signal })
  return { send, live: true, close: async () => undefined }
}

function number(text: string, flag: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) throw new UsageError(`${flag} must be a number, not "${text}"`)
  return value
}

function time(text: string, flag: string, clock: Clock): number {
  const value = /T.*(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(value)) throw new UsageError(`${flag} must be a time like 2026-11-23T08:00:00+08:00, not "${text}"`)
  if (value > clock.now()) throw new UsageError(`${flag} must not be in the future`)
  return value
}
