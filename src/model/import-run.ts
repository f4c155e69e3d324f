import { type Static, Type } from '@sinclair/typebox'
import { Nullable, Words } from './schema.ts'

/**
 * An import as everybody may see it: numbers and the name of a file, nothing of what is in it. The command that imports
 * tells it, the console shows it.
 */

/** What is imported: events of a file, the differences of a full table, or the withdrawal of an earlier run. */
export const IMPORT_KINDS = ['events', 'snapshot', 'undo'] as const
/** `stopped`: interrupted, or it waits for a person to decide; the same command goes on. `stalled`: running, and silent. */
export const IMPORT_STATES = ['running', 'stalled', 'stopped', 'done', 'failed'] as const

/** Chosen by the importing command. */
export const RunId = Type.String({ pattern: '^[a-z0-9]{8,40}$' })
/** Name of the file without its directories. */
const FileName = Type.String({ minLength: 1, maxLength: 200, pattern: '^[^\\x00-\\x1f\\x7f/]+$' })
const Figure = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })

/** What is said once, when a run begins. */
export const ImportBegin = Type.Object(
  {
    kind: Words(IMPORT_KINDS),
    file: FileName,
    /** Bytes of the file as it lies on disk; null for a pipe. */
    bytes: Nullable(Figure),
    backfill: Type.Boolean(),
    /** The run that an undo withdraws. */
    undoes: Type.Optional(RunId),
  },
  { additionalProperties: false },
)
export type ImportBegin = Static<typeof ImportBegin>

/** What a full table came to, in rows. */
export const ImportDifferences = Type.Object(
  {
    unchanged: Figure,
    new: Figure,
    changed: Figure,
    vanished: Figure,
    /** Of which nothing is said: their present row cannot be read, or rows without a readable key could be them. */
    held: Figure,
  },
  { additionalProperties: false },
)
export type ImportDifferences = Static<typeof ImportDifferences>

const counts = {
  /** Rows read and settled, faulty ones included. */
  rows: Figure,
  /** Events in the log through this run. */
  accepted: Figure,
  /** Events that were there before. */
  duplicates: Figure,
  /** Rows that could not be mapped, and events that the door refused. */
  rejected: Figure,
  /** Of `bytes`, settled. */
  bytesDone: Figure,
  /** Rows a second of late, and seconds to the end as far as can be told. */
  rate: Type.Number({ minimum: 0 }),
  remaining: Nullable(Type.Number({ minimum: 0, description: 'Seconds' })),
  /** Of a run of kind `snapshot`, once the tables are compared. */
  differences: Type.Optional(ImportDifferences),
}

/** What is said again and again while it runs, and once at the end. */
export const ImportProgress = Type.Object(
  {
    ...counts,
    state: Words(['running', 'stopped', 'done', 'failed']),
    /** Why it stopped or failed, a sentence; names no person. */
    message: Type.Optional(Type.String({ maxLength: 500 })),
  },
  { additionalProperties: false },
)
export type ImportProgress = Static<typeof ImportProgress>

/** A run as listed. Times are RFC 3339. */
export const ImportRun = Type.Object({
  id: RunId,
  kind: Words(IMPORT_KINDS),
  file: FileName,
  bytes: Nullable(Figure),
  backfill: Type.Boolean(),
  undoes: Nullable(RunId),
  by: Type.String({ description: 'Id of the identity that imports' }),
  startedAt: Type.String(),
  updatedAt: Type.String(),
  state: Words(IMPORT_STATES),
  message: Nullable(Type.String()),
  ...counts,
})
export type ImportRun = Static<typeof ImportRun>
