import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { ImportBegin, ImportDifferences, ImportProgress } from '../model/import-run.ts'
import { formatTime } from '../model/time.ts'
import type { Clock } from '../telemetry/clock.ts'
import { ImportError } from './faults.ts'
import type { ItemSource } from './item.ts'
import { beginJournal, type Journal, openJournal, type RunHead, type Totals } from './journal.ts'
import { post, type Target } from './post.ts'
import { createFigures, type Figures, type ProgressView, TELL_EVERY_MS } from './progress.ts'
import { openRejects } from './rejects.ts'
import { createTeller } from './tell.ts'
import { TRANSMIT_LIMITS, transmit } from './transmit.ts'

/** What every import runs with. */
export interface ImportGround {
  readonly target: Target
  /** Where runs, secrets and snapshots are kept, e.g. `DATA_DIR/import`. */
  readonly stateDir: string
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Takes a directory for this process alone; rejects naming the process that has it. */
  readonly lock: (directory: string) => Promise<{ release(): void }>
  readonly view: (bytes: number | null) => ProgressView
  /** A sentence for people. */
  readonly say: (text: string) => void
  /** A question to whoever sits before it; null: nobody does. */
  readonly ask: ((question: string) => Promise<boolean>) | null
}

/** What a run came to. */
export interface RunSummary extends Totals {
  readonly run: string
  readonly state: 'done' | 'stopped'
  readonly seconds: number
  /** Rows a second, of this process. */
  readonly rate: number
  /** Where the refused rows are named; null when there are none. */
  readonly rejects: string | null
  /** Of a full table that was compared. */
  readonly differences?: ImportDifferences
}

/** A run that is about to begin, or to go on. */
export interface OpenRun {
  readonly journal: Journal
  readonly directory: string
  close(): Promise<void>
}

export type NewRun = Omit<RunHead, 'version' | 'run' | 'startedAt'>

/**
 * The run of a command: the one that the same command left unfinished, else a new one. The same: same file, content,
 * mapping, flags and target.
 */
export async function openRun(ground: ImportGround, head: NewRun): Promise<OpenRun> {
  const { stateDir, clock } = ground
  const runs = join(stateDir, 'runs')
  const unfinished = join(stateDir, 'unfinished')
  for (const directory of [runs, unfinished]) await mkdir(directory, { recursive: true, mode: 0o700 })
  const compared = head.snapshot === undefined ? [] : [head.snapshot.source, head.snapshot.key]
  const parts = [head.kind, head.identity, head.mapping, head.backfill, head.undoes, ground.target.url, ...compared]
  const same = JSON.stringify(parts)
  const mark = join(unfinished, createHash('sha256').update(same).digest('hex').slice(0, 32))
  const known = (await readFile(mark, 'utf8').catch(() => '')).trim()
  const run = known === '' ? randomBytes(8).toString('hex') : known
  const directory = join(runs, run)
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const lock = await ground.lock(directory)
  try {
    const started = formatTime(clock.now())
    const journal =
      known === ''
        ? await beginJournal(directory, { version: 1, run, startedAt: started, ...head })
        : await openJournal(directory)
    if (known === '') {
      await writeFile(`${mark}.new`, `${run}\n`, { mode: 0o600 })
      await rename(`${mark}.new`, mark)
    }
    return {
      journal,
      directory,
      async close() {
        await journal.close()
        lock.release()
      },
    }
  } catch (error) {
    lock.release()
    throw error
  }
}

/** Forgets that a run is unfinished: the same command would begin a new one. */
export async function finishRun(ground: ImportGround, run: string): Promise<void> {
  const unfinished = join(ground.stateDir, 'unfinished')
  for (const mark of await readdir(unfinished)) {
    const path = join(unfinished, mark)
    if ((await readFile(path, 'utf8')).trim() === run) await rm(path)
  }
}

/** What a run sends, and what of it is told and shown. */
export interface RunWork {
  readonly source: ItemSource
  /** Measure of the whole, in the unit of the items' offsets; null when it cannot be told. */
  readonly size: number | null
  /** How far it is, by the offset that is settled. */
  readonly doneOf?: (offset: number) => number
  /** File of rejects. */
  readonly rejectsPath: string
  /** Bytes of the table's header. */
  readonly headerBytes: number
  /** What the tables came to, where tables are compared. */
  readonly differences?: ImportDifferences
  /** What is to be done once all is settled, before the run counts as done; done again when the process dies meanwhile. */
  readonly finish?: () => Promise<void>
}

/**
 * Sends what is left of a run, tells the service how far it is, and finishes it. Aborted, it stops in order and the same
 * command goes on.
 *
 * @throws ImportError as `transmit`; the run stays unfinished
 */
export async function performRun(ground: ImportGround, open: OpenRun, work: RunWork): Promise<RunSummary> {
  const { clock, signal, target } = ground
  const { journal } = open
  const { head, totals: before, offset: from } = journal.state
  const { run, kind, name, backfill } = head
  const doneOf = work.doneOf ?? ((offset) => offset)
  const teller = createTeller(target, run)
  const undoes = head.undoes === null ? {} : { undoes: head.undoes }
  const begin: ImportBegin = { kind, file: printable(name), bytes: work.size, backfill, ...undoes }
  await teller.begin(begin)
  const { path, identity, encoding } = head
  const rejects = await openRejects(
    work.rejectsPath,
    { run, path, identity, encoding, header: work.headerBytes },
    journal.state.rejects,
  )
  const view = ground.view(work.size)
  const figures = createFigures(clock, work.size, { rows: before.rows, bytesDone: doneOf(from) })
  const began = clock.now()
  let totals = before
  let isDone = false
  const differences = work.differences === undefined ? {} : { differences: work.differences }
  let latest: Figures = { ...figures(before, doneOf(from)), ...differences }
  const ticking = new AbortController()
  const ticks = tick(ticking.signal, () => teller.tell({ ...latest, state: 'running' }))
  const last = async (state: ImportProgress['state'], message?: string) => {
    view.stop()
    ticking.abort()
    await ticks
    await teller.end({ ...latest, state, ...(message !== undefined && { message: message.slice(0, 500) }) })
  }
  try {
    const isWhole = await transmit({
      source: work.source,
      journal,
      rejects,
      send: (lines) => post(target, lines, { clock, signal }),
      limits: TRANSMIT_LIMITS,
      signal,
      onSettled(settled, offset) {
        totals = settled
        latest = { ...figures(settled, doneOf(offset)), ...differences }
        view.show(latest)
      },
    })
    isDone = isWhole
    if (isWhole) {
      await work.finish?.()
      await journal.ended('done')
      await finishRun(ground, run)
      latest = { ...latest, bytesDone: work.size ?? latest.bytesDone, remaining: 0 }
    }
    await last(isWhole ? 'done' : 'stopped', isWhole ? undefined : 'Interrupted; the same command goes on.')
    const seconds = (clock.now() - began) / 1_000
    return {
      ...totals,
      run,
      state: isWhole ? 'done' : 'stopped',
      seconds,
      rate: Math.round((totals.rows - before.rows) / Math.max(seconds, 0.001)),
      rejects: totals.rejected > 0 ? work.rejectsPath : null,
      ...differences,
    }
  } catch (error) {
    await last('failed', error instanceof ImportError ? error.message : 'A fault of the importing command.')
    throw error
  } finally {
    await rejects.close()
    if (isDone && totals.rejected === 0) await rm(work.rejectsPath, { force: true })
  }
}

async function tick(signal: AbortSignal, act: () => void): Promise<void> {
  while (!signal.aborted) {
    await wait(TELL_EVERY_MS, undefined, { signal }).catch(() => undefined)
    if (!signal.aborted) act()
  }
}

/** A file may be called anything; what is told must be printable. */
function printable(name: string): string {
  return name.replaceAll(/[\p{Cc}/]/gu, '_').slice(0, 200)
}
