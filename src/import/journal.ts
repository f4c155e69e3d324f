import { type FileHandle, mkdir, open, readFile, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { type Static, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { IMPORT_KINDS } from '../model/import-run.ts'
import { Nullable, Words } from '../model/schema.ts'
import { ImportError } from './faults.ts'

/** What a run imports and how: enough to make the same events again. Holds nothing of what is in the file. */
export const RunHead = Type.Object({
  version: Type.Literal(1),
  run: Type.String(),
  kind: Words(IMPORT_KINDS),
  name: Type.String(),
  /** Null for a pipe. */
  path: Nullable(Type.String()),
  identity: Type.String(),
  format: Words(['ndjson', 'csv']),
  encoding: Words(['utf-8', 'gb18030']),
  /** The mapping itself, as text: the file may change. */
  mapping: Nullable(Type.String()),
  backfill: Type.Boolean(),
  /** RFC 3339. */
  startedAt: Type.String(),
  /** A full table that is compared: of which source, by which key, and which number it has among its tables. */
  snapshot: Type.Optional(
    Type.Object({ source: Type.String(), key: Type.Array(Type.String()), number: Type.Integer() }),
  ),
  undoes: Nullable(Type.String()),
  reason: Nullable(Type.String()),
})
export type RunHead = Static<typeof RunHead>

const Sending = Type.Object({ sending: Type.Integer() })
const Settled = Type.Object({
  /** Where this stretch of the file ends: offset, and number of the next line. */
  settled: Type.Integer(),
  line: Type.Integer(),
  rows: Type.Integer(),
  events: Type.Integer(),
  accepted: Type.Integer(),
  duplicates: Type.Integer(),
  /** Duplicates of a stretch that was under way when an earlier process ended: by all appearance this run's own. */
  again: Type.Integer(),
  rejected: Type.Integer(),
  /** Events of the stretch, by number from 0, that are not this run's: refused, or there before. */
  others: Type.Array(Type.Integer()),
  /** Length of the file of rejects. */
  rejects: Type.Integer(),
})
const Decided = Type.Object({ decided: Type.Array(Type.String()) })
const Ended = Type.Object({ ended: Words(['done', 'undone']) })

/** A stretch of the file of which it is known what became. */
export type Stretch = Static<typeof Settled>
export type Totals = Pick<Stretch, 'rows' | 'events' | 'accepted' | 'duplicates' | 'again' | 'rejected'>

/** How far a run is; what a journal says when it is opened. */
export interface RunState {
  readonly head: RunHead
  readonly stretches: readonly Stretch[]
  readonly totals: Totals
  /** Everything up to here is settled. */
  readonly offset: number
  readonly line: number
  /** Up to here it may have been sent. */
  readonly sending: number
  readonly rejects: number
  /** Concerns in spite of which somebody said that it goes on. */
  readonly decided: readonly string[]
  readonly ended: 'done' | 'undone' | null
}

/** The durable progress of a run: lines that are only ever added. What is written is on the disk when the call resolves. */
export interface Journal {
  readonly state: RunState
  /** Says that what follows is sent up to an offset; before the first byte of it goes out. */
  sending(offset: number): Promise<void>
  settled(stretch: Stretch): Promise<void>
  decided(concerns: readonly string[]): Promise<void>
  ended(how: 'done' | 'undone'): Promise<void>
  close(): Promise<void>
}

const FILE = 'journal.ndjson'
const NONE: Totals = { rows: 0, events: 0, accepted: 0, duplicates: 0, again: 0, rejected: 0 }

/** Begins the journal of a new run in a directory of its own. */
export async function beginJournal(directory: string, head: RunHead): Promise<Journal> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const file = await open(join(directory, FILE), 'wx', 0o600)
  await write(file, head)
  return writer(file, stateOf(head, []))
}

/** Opens the journal of an earlier run; a line that a crash cut off is dropped. */
export async function openJournal(directory: string): Promise<Journal> {
  const state = await readJournal(directory)
  return writer(await open(join(directory, FILE), 'a', 0o600), state)
}

/** @throws ImportError when there is no such run, or its journal was written by another version */
export async function readJournal(directory: string): Promise<RunState> {
  const path = join(directory, FILE)
  const text = await readFile(path, 'utf8').catch(() => {
    throw new ImportError(`there is no run here: ${directory} (see the runs with "yujing import --runs")`)
  })
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  if (whole.length < text.length) await truncate(path, Buffer.byteLength(whole))
  const [first, ...entries] = whole
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown)
  if (!Value.Check(RunHead, first)) throw new ImportError(`${path} is not the journal of a run of this version`)
  return stateOf(first, entries)
}

function stateOf(head: RunHead, entries: readonly unknown[]): RunState {
  const stretches = entries.filter((entry): entry is Stretch => Value.Check(Settled, entry))
  const sent = entries.flatMap((entry) => (Value.Check(Sending, entry) ? [entry.sending] : []))
  const last = stretches.at(-1)
  const end = entries.findLast((entry): entry is Static<typeof Ended> => Value.Check(Ended, entry))
  return {
    head,
    stretches,
    totals: stretches.reduce(add, NONE),
    offset: last?.settled ?? 0,
    line: last?.line ?? 1,
    sending: sent.reduce((most, one) => Math.max(most, one), 0),
    rejects: last?.rejects ?? 0,
    decided: entries.flatMap((entry) => (Value.Check(Decided, entry) ? entry.decided : [])),
    ended: end?.ended ?? null,
  }
}

export function add(totals: Totals, stretch: Totals): Totals {
  return {
    rows: totals.rows + stretch.rows,
    events: totals.events + stretch.events,
    accepted: totals.accepted + stretch.accepted,
    duplicates: totals.duplicates + stretch.duplicates,
    again: totals.again + stretch.again,
    rejected: totals.rejected + stretch.rejected,
  }
}

function writer(file: FileHandle, state: RunState): Journal {
  return {
    state,
    sending: (sending) => write(file, { sending }),
    settled: (stretch) => write(file, stretch),
    decided: (decided) => write(file, { decided }),
    ended: (ended) => write(file, { ended }),
    close: () => file.close(),
  }
}

async function write(file: FileHandle, entry: object): Promise<void> {
  await file.appendFile(`${JSON.stringify(entry)}\n`)
  await file.datasync()
}
