import { detectEncoding, type Encoding } from './encoding.ts'
import { ImportError } from './faults.ts'
import type { Input } from './input.ts'
import type { ItemSource } from './item.ts'
import type { RunHead } from './journal.ts'
import { mappedSource } from './mapped.ts'
import { type CompiledMapping, compileMapping } from './mapping/compile.ts'
import { readMapping } from './mapping/load.ts'
import type { Mapping } from './mapping/schema.ts'
import { looksLikeNdjson, ndjsonSource } from './ndjson.ts'
import { openTable, type Table } from './table.ts'

/** How a file is read: said by flags and mapping, else seen from its first bytes. */
export type Reading = Pick<RunHead, 'format' | 'encoding' | 'mapping' | 'backfill'>

/** @param mapping text of the mapping file, null without one */
export function readingOf(
  input: Input,
  flags: { readonly encoding?: Encoding | undefined; readonly backfill: boolean },
  mapping: { readonly text: string; readonly name: string } | null,
): Reading {
  const said = mapping === null ? undefined : readMapping(mapping.text, mapping.name).encoding
  const encoding = flags.encoding ?? said ?? detectEncoding(input.sample)
  const { backfill } = flags
  if (mapping !== null) return { format: 'csv', encoding, mapping: mapping.text, backfill }
  if (!looksLikeNdjson(input.sample)) {
    throw new ImportError(
      `${input.name} is not NDJSON (its first line is no JSON object): a table needs --mapping FILE; "yujing import --guess ${input.name}" proposes one`,
    )
  }
  return { format: 'ndjson', encoding, mapping: null, backfill }
}

/** A table with the mapping that fits it. */
export interface MappedTable {
  readonly table: Table
  readonly mapping: Mapping
  readonly compiled: CompiledMapping
}

/** @throws ImportError when the mapping does not fit the header */
export async function openMappedTable(input: Input, reading: Reading, idKey: Buffer): Promise<MappedTable> {
  const mapping = readMapping(reading.mapping ?? '', 'the mapping')
  const { delimiter = ',', columns } = mapping
  const table = await openTable(input, { delimiter, encoding: reading.encoding, columns })
  return { table, mapping, compiled: compileMapping(mapping, table.header, idKey) }
}

/** The events of a file, and how many bytes its header takes. */
export async function sourceOf(
  input: Input,
  reading: Reading,
  idKey: Buffer,
): Promise<{ readonly source: ItemSource; readonly headerBytes: number }> {
  const { encoding, backfill } = reading
  if (reading.mapping === null) return { source: ndjsonSource(input, encoding, backfill), headerBytes: 0 }
  const { table, mapping, compiled } = await openMappedTable(input, reading, idKey)
  const source = mappedSource(table, compiled, { backfill, unmatched: mapping.unmatched ?? 'reject' })
  return { source, headerBytes: table.first.offset }
}
