import { join } from 'node:path'
import type { Encoding } from './encoding.ts'
import { ImportError } from './faults.ts'
import { importKeyOf } from './import-key.ts'
import type { Input } from './input.ts'
import { openJournal, readJournal } from './journal.ts'
import { sameInput } from './kept-runs.ts'
import { finishRun, type ImportGround, openRun, performRun, type RunSummary } from './session.ts'
import { undoSnapshot } from './snapshot/undo.ts'
import { readingOf, sourceOf } from './source.ts'
import { undoSource } from './undo.ts'

export interface ImportRequest {
  readonly input: Input
  readonly encoding?: Encoding | undefined
  readonly mapping: { readonly text: string; readonly name: string } | null
  readonly backfill: boolean
  readonly rejectsPath: string
}

/** Imports a file, or what is left of it. @throws ImportError naming cause and remedy */
export async function importFile(ground: ImportGround, request: ImportRequest): Promise<RunSummary> {
  const { input } = request
  const reading = readingOf(input, request, request.mapping)
  const { source, headerBytes } = await sourceOf(input, reading, await importKeyOf(ground.stateDir))
  const { name, path, identity, bytes, isPacked } = input
  const head = { kind: 'events' as const, name, path, identity, ...reading, undoes: null, reason: null }
  const open = await openRun(ground, head)
  try {
    const { run } = open.journal.state.head
    const { offset, line } = open.journal.state
    ground.say(offset === 0 ? `run ${run}: ${name}` : `run ${run}: ${name}, going on at line ${line}`)
    return await performRun(ground, open, {
      source,
      size: bytes,
      ...(isPacked && { doneOf: () => input.taken() }),
      rejectsPath: request.rejectsPath,
      headerBytes,
    })
  } finally {
    await open.close()
  }
}

/** Withdraws every event that came into the log through a run; needs its file as it was, but for that of a full table. */
export async function undoRun(
  ground: ImportGround,
  request: { readonly run: string; readonly reason: string; readonly rejectsPath: string },
): Promise<RunSummary> {
  const directory = join(ground.stateDir, 'runs', request.run)
  const state = await readJournal(directory)
  const { head } = state
  if (state.ended === 'undone') throw new ImportError(`run ${head.run} has been undone already`)
  if (head.kind === 'snapshot') return await undoSnapshot(ground, state, request)
  if (head.kind !== 'events') throw new ImportError(`run ${head.run} is no import of events and cannot be undone`)
  const input = await sameInput(head, `run ${head.run} cannot be undone`)
  const { source, headerBytes } = await sourceOf(input, head, await importKeyOf(ground.stateDir))
  const { version: _version, run: _run, startedAt: _startedAt, ...rest } = head
  const undo = { ...rest, kind: 'undo' as const, undoes: head.run, reason: request.reason }
  const open = await openRun(ground, undo)
  try {
    const { run, startedAt, reason } = open.journal.state.head
    ground.say(`run ${run} withdraws run ${head.run}: ${head.name}`)
    const summary = await performRun(ground, open, {
      source: undoSource(source, state, { run, startedAt, reason: reason ?? '' }),
      size: input.bytes,
      rejectsPath: request.rejectsPath,
      headerBytes,
    })
    if (summary.state === 'done' && summary.rejected === 0) {
      const journal = await openJournal(directory)
      await journal.ended('undone')
      await journal.close()
      await finishRun(ground, head.run)
    }
    return summary
  } finally {
    await open.close()
  }
}
