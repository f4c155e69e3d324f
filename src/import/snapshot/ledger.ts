import { createHash } from 'node:crypto'
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { type Static, type TSchema, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { Nullable } from '../../model/schema.ts'
import { ImportError } from '../faults.ts'

const At = Type.Object({ number: Type.Integer(), run: Type.String() })

/** Which snapshot of a source is in force, and what is under way. */
const Ledger = Type.Object({
  version: Type.Literal(1),
  source: Type.String(),
  key: Type.Array(Type.String()),
  /** The highest number ever given: none is given twice, because ids are made of them. */
  last: Type.Integer(),
  accepted: Nullable(At),
  /** A run that is not done yet. */
  open: Nullable(At),
})
export type Ledger = Static<typeof Ledger>

/** A snapshot that was accepted, beside its buckets. Counts and names of columns; nothing of its rows. */
const SnapshotHead = Type.Object({
  version: Type.Literal(1),
  number: Type.Integer(),
  run: Type.String(),
  /** The number of the one before. */
  base: Nullable(Type.Integer()),
  header: Type.Array(Type.String()),
  columns: Type.Array(Type.String()),
  rows: Type.Integer(),
  /** Rows of each bucket. */
  buckets: Type.Array(Type.Integer()),
  /** Rows of each county. */
  counties: Type.Record(Type.String(), Type.Integer()),
})
export type SnapshotHead = Static<typeof SnapshotHead>

/** Where the snapshots of a source are kept. The name may be anything, so the directory has its hash. */
export async function snapshotDirectory(stateDir: string, source: string): Promise<string> {
  const directory = join(stateDir, 'snapshots', createHash('sha256').update(source).digest('hex').slice(0, 16))
  await mkdir(directory, { recursive: true, mode: 0o700 })
  return directory
}

/** @throws ImportError when the snapshots of the source are told apart by another key */
export async function readLedger(directory: string, source: string, key: readonly string[]): Promise<Ledger> {
  const path = join(directory, 'ledger.json')
  const known = await readJson(path, Ledger)
  if (known === null) return { version: 1, source, key: [...key], last: 0, accepted: null, open: null }
  if (known.accepted !== null && JSON.stringify(known.key) !== JSON.stringify(key)) {
    throw new ImportError(
      `the rows of ${source} are told apart by ${known.key.join(',')}: give --key ${known.key.join(',')}, or another name with --snapshot`,
    )
  }
  return { ...known, key: [...key] }
}

export async function writeLedger(directory: string, ledger: Ledger): Promise<void> {
  await writeJson(join(directory, 'ledger.json'), ledger)
}

/** @throws ImportError when the snapshot is not kept any more */
export async function readHead(directory: string, number: number): Promise<SnapshotHead> {
  const head = await readJson(join(directory, String(number), 'snapshot.json'), SnapshotHead)
  if (head === null) throw new ImportError(`snapshot ${number} is not in ${directory}: put it back from a backup`)
  return head
}

export async function readJson<S extends TSchema>(path: string, schema: S): Promise<Static<S> | null> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (text === null) return null
  const value: unknown = JSON.parse(text)
  if (!Value.Check(schema, value)) throw new ImportError(`${path} was written by another version`)
  return value
}

/** Whole or not at all, and on the disk when it resolves. */
export async function writeJson(path: string, value: object): Promise<void> {
  const file = await open(`${path}.new`, 'w', 0o600)
  try {
    await file.writeFile(`${JSON.stringify(value)}\n`)
    await file.datasync()
  } finally {
    await file.close()
  }
  await rename(`${path}.new`, path)
}
