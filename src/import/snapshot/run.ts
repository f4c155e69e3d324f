import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ImportDifferences } from '../../model/import-run.ts'
import { ImportError, UndecidedError } from '../faults.ts'
import { importKeyOf } from '../import-key.ts'
import { readJournal } from '../journal.ts'
import type { ImportRequest } from '../run.ts'
import { finishRun, type ImportGround, type OpenRun, openRun, performRun, type RunSummary } from '../session.ts'
import { readingOf } from '../source.ts'
import { createTeller } from '../tell.ts'
import { forgetOthers, writeSnapshot } from './accept.ts'
import { concernsOf } from './concerns.ts'
import { differenceSource, type TwoTables } from './differences.ts'
import type { EventGround } from './events.ts'
import { type FullTable, openFullTable, type TableRules } from './full-table.ts'
import { type Ledger, readHead, readLedger, snapshotDirectory, writeLedger } from './ledger.ts'
import { readTold } from './read-told.ts'
import { TABLE, type Taken } from './take-in.ts'
import { type Plan, weigh } from './weigh.ts'

/** A full table of a source, to be compared with the last one. */
export interface SnapshotRequest extends ImportRequest {
  /** Name under which the tables of the source are kept. */
  readonly source: string
  /** Columns, or members of events, that name a row in every delivery. */
  readonly key: readonly string[]
  /** Goes on whatever the concerns are. */
  readonly acceptAnyway: boolean
  /** Share by which the number of rows may differ, percent. */
  readonly tolerancePercent: number
}

/**
 * Imports what differs between a full table and the last accepted one of its source:
 *
 *     take in ──> weigh ──> concerns? ──> send ──> accept
 *     (sealed)   (counted)  (a person)   (as any    (in force from now on)
 *                                         import)
 *
 * Whatever dies in between, the same command goes on where it was.
 *
 * @throws UndecidedError when a person must look at it first; ImportError naming cause and remedy
 */
export async function importSnapshot(ground: ImportGround, request: SnapshotRequest): Promise<RunSummary> {
  const { input, source, key } = request
  const idKey = await importKeyOf(ground.stateDir)
  const reading = readingOf(input, request, request.mapping)
  const directory = await snapshotDirectory(ground.stateDir, source)
  const lock = await ground.lock(directory)
  try {
    const ledger = await readLedger(directory, source, key)
    const table = await openFullTable(input, reading, key, idKey)
    const { name, path, identity } = input
    const snapshot = { source, key: [...key], number: ledger.last + 1 }
    const head = { kind: 'snapshot' as const, name, path, identity, ...reading, snapshot, undoes: null, reason: null }
    const open = await openRun(ground, head)
    try {
      const begun = await begin(ground, directory, ledger, open)
      return await compareAndSend(ground, { ...request, directory, idKey, table, ledger: begun, open })
    } finally {
      await open.close()
    }
  } finally {
    lock.release()
  }
}

/** Enters a run in the ledger; one that was begun before and has sent nothing makes room. */
async function begin(ground: ImportGround, directory: string, ledger: Ledger, open: OpenRun): Promise<Ledger> {
  const { run, snapshot } = open.journal.state.head
  const number = snapshot?.number ?? 0
  if (ledger.accepted?.run === run || ledger.open?.run === run) return ledger
  const leave = async (cause: string) => {
    await finishRun(ground, run)
    throw new ImportError(cause)
  }
  if (ledger.open !== null) {
    const other = await readJournal(join(ground.stateDir, 'runs', ledger.open.run))
    if (other.head.kind === 'undo') {
      return await leave(`run ${other.head.undoes} is being withdrawn: finish that with --undo ${other.head.undoes}`)
    }
    if (other.sending > 0) {
      return await leave(
        `run ${other.head.run} of ${other.head.name} is unfinished and has sent a part: give its command again, or withdraw it with --undo ${other.head.run}`,
      )
    }
    await finishRun(ground, other.head.run)
    await rm(join(ground.stateDir, 'runs', other.head.run, TABLE), { recursive: true, force: true })
  }
  if (number <= ledger.last) return await leave(`run ${run} made room for another table: give the command once more`)
  const begun = { ...ledger, last: number, open: { number, run } }
  await writeLedger(directory, begun)
  return begun
}

interface Work extends SnapshotRequest {
  readonly directory: string
  readonly idKey: Buffer
  readonly table: FullTable
  readonly ledger: Ledger
  readonly open: OpenRun
}

async function compareAndSend(ground: ImportGround, work: Work): Promise<RunSummary> {
  const { input, directory, table, idKey, ledger, open, source } = work
  const { run, startedAt, snapshot, backfill } = open.journal.state.head
  const number = snapshot?.number ?? 0
  ground.say(`run ${run}: ${input.name}, table ${number} of ${source}`)
  const taken = await readTold(ground, open, input, table, idKey)
  if (taken === null) return stopped(run)
  const isAccepted = ledger.accepted?.run === run
  const base = isAccepted ? (await readHead(directory, number)).base : (ledger.accepted?.number ?? null)
  const tables = await tablesOf(directory, open.directory, base, taken, table, idKey)
  const plan = await weigh(open.directory, tables, ground.signal)
  if (plan === null) return stopped(run)
  ground.say(`${taken.rows} rows: ${inWords(plan.counts)}`)
  if (!isAccepted) await settleConcerns(ground, work, { tables, taken, plan })

  const events: EventGround = { table, source, number, taken: startedAt, backfill, idKey }
  const total = plan.units.reduce((sum, units) => sum + units, 0)
  const bytes = input.bytes ?? 0
  const summary = await performRun(ground, open, {
    source: differenceSource(tables, plan.units, events, table),
    size: input.bytes,
    doneOf: (offset) => Math.floor(bytes / 2 + (bytes / 2) * (offset / Math.max(total, 1))),
    rejectsPath: work.rejectsPath,
    headerBytes: table.headerBytes,
    differences: plan.counts,
    async finish() {
      if (isAccepted) return
      const { stretches } = await readJournal(open.directory)
      const census = { header: taken.header, counties: taken.counties }
      await writeSnapshot(directory, tables, events, { run, stretches, census })
      const accepted = { number, run }
      await writeLedger(directory, { ...ledger, accepted, open: null })
      await forgetOthers(directory, [number, base])
      const former = tables.base?.head.run
      if (former !== undefined) await rm(join(ground.stateDir, 'runs', former, TABLE), { recursive: true, force: true })
    },
  })
  return { ...summary, rows: taken.rows }
}

export async function tablesOf(
  directory: string,
  runDirectory: string,
  base: number | null,
  taken: Taken,
  table: Pick<TableRules, 'uncompared'>,
  idKey: Buffer,
): Promise<TwoTables> {
  return {
    base: base === null ? null : { directory: join(directory, String(base)), head: await readHead(directory, base) },
    directory: join(runDirectory, TABLE),
    columns: taken.columns,
    uncompared: table.uncompared,
    hasUnreadable: taken.unreadable > 0,
    idKey,
  }
}

/** @throws UndecidedError unless nothing is out of the ordinary, or somebody says or said that it goes on */
async function settleConcerns(
  ground: ImportGround,
  work: Work,
  found: { readonly tables: TwoTables; readonly taken: Taken; readonly plan: Plan },
): Promise<void> {
  const { journal } = work.open
  const now = { ...found.taken, rows: found.plan.rows }
  const before = found.tables.base?.head ?? null
  const concerns = concernsOf(before, now, found.plan.repeated, work.tolerancePercent)
  const open = concerns.filter((one) => !journal.state.decided.includes(one))
  if (open.length === 0) return
  for (const one of open) ground.say(one)
  if (!work.acceptAnyway && !(await ground.ask?.('Take it for the present state all the same?'))) {
    const { run } = journal.state.head
    const message = `Waits for a decision: ${open.join('; ')}`.slice(0, 500)
    const differences = found.plan.counts
    await createTeller(ground.target, run).end({ ...NOTHING_YET, differences, state: 'stopped', message })
    throw new UndecidedError(run, open)
  }
  await journal.decided(open)
}

const NOTHING_YET = { rows: 0, accepted: 0, duplicates: 0, rejected: 0, bytesDone: 0, rate: 0, remaining: null }

function inWords({ unchanged, new: fresh, changed, vanished, held }: ImportDifferences): string {
  const kept = held === 0 ? '' : `, ${held} kept as they were (rows that cannot be read)`
  return `${unchanged} unchanged, ${fresh} new, ${changed} changed, ${vanished} vanished${kept}`
}

/** Interrupted before the first event. */
function stopped(run: string): RunSummary {
  const none = { rows: 0, events: 0, accepted: 0, duplicates: 0, again: 0, rejected: 0 }
  return { ...none, run, state: 'stopped', seconds: 0, rate: 0, rejects: null }
}
