import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ImportError } from '../faults.ts'
import { importKeyOf } from '../import-key.ts'
import { openJournal, type RunState } from '../journal.ts'
import { finishRun, type ImportGround, openRun, performRun, type RunSummary } from '../session.ts'
import { undoSource } from '../undo.ts'
import { differenceSource } from './differences.ts'
import { rulesOf } from './full-table.ts'
import { type Ledger, readHead, readLedger, snapshotDirectory, writeLedger } from './ledger.ts'
import { tablesOf } from './run.ts'
import { TABLE, takenBy } from './take-in.ts'
import { planOf } from './weigh.ts'

/**
 * Withdraws what the last table of a source came to, and puts the one before back in force. What it replaced or withdrew
 * is said again. The file is not needed: both tables are still kept.
 */
export async function undoSnapshot(
  ground: ImportGround,
  state: RunState,
  request: { readonly reason: string; readonly rejectsPath: string },
): Promise<RunSummary> {
  const { head } = state
  const { source, key, number } = head.snapshot ?? { source: '', key: [], number: 0 }
  const directory = await snapshotDirectory(ground.stateDir, source)
  const runDirectory = join(ground.stateDir, 'runs', head.run)
  const lock = await ground.lock(directory)
  try {
    const ledger = await readLedger(directory, source, key)
    const isAccepted = ledger.accepted?.run === head.run
    if (!isAccepted && ledger.open?.number !== number) {
      throw new ImportError(`run ${head.run} is not the last table of ${source}: only that can be withdrawn`)
    }
    const [taken, plan] = [await takenBy(runDirectory), await planOf(runDirectory)]
    if (taken === null || plan === null || state.sending === 0) {
      throw new ImportError(`run ${head.run} has sent nothing: there is nothing to withdraw`)
    }
    const idKey = await importKeyOf(ground.stateDir)
    const table = rulesOf(head.mapping, taken.header, key, idKey)
    const tables = await tablesOf(directory, runDirectory, plan.base, taken, table, idKey)
    const events = { table, source, number, taken: head.startedAt, backfill: head.backfill, idKey }
    const { version: _version, run: _run, startedAt: _startedAt, ...rest } = head
    const open = await openRun(ground, { ...rest, kind: 'undo', undoes: head.run, reason: request.reason })
    try {
      const { run, startedAt, reason } = open.journal.state.head
      await writeLedger(directory, { ...ledger, open: { number, run } })
      ground.say(`run ${run} withdraws run ${head.run}: ${head.name}, table ${number} of ${source}`)
      const summary = await performRun(ground, open, {
        source: undoSource(differenceSource(tables, plan.units, events, table), state, {
          run,
          startedAt,
          reason: reason ?? '',
        }),
        size: null,
        rejectsPath: request.rejectsPath,
        headerBytes: 0,
      })
      if (summary.state === 'done' && summary.rejected === 0) {
        await putBack(directory, ledger, isAccepted ? plan.base : (ledger.accepted?.number ?? null))
        await rm(join(directory, String(number)), { recursive: true, force: true })
        await rm(join(runDirectory, TABLE), { recursive: true, force: true })
        const journal = await openJournal(runDirectory)
        await journal.ended('undone')
        await journal.close()
        await finishRun(ground, head.run)
      }
      return summary
    } finally {
      await open.close()
    }
  } finally {
    lock.release()
  }
}

async function putBack(directory: string, ledger: Ledger, number: number | null): Promise<void> {
  const accepted = number === null ? null : { number, run: (await readHead(directory, number)).run }
  await writeLedger(directory, { ...ledger, accepted, open: null })
}
