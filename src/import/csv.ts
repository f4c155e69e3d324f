import { parse } from 'csv-parse/sync'
import type { Decode } from './encoding.ts'
import { ImportError, type RowFault } from './faults.ts'
import type { FileRecord } from './records.ts'

/** A row of a table: its cells, or why it has none. */
export interface Row {
  readonly record: FileRecord
  readonly cells: readonly string[] | null
  readonly fault: { readonly code: RowFault; readonly message: string } | null
}

const QUOTE = 0x22
const LINE_BREAK = Buffer.from('\n')

/** How the cells of a table stand in its records. */
export interface TableShape {
  readonly delimiter: string
  readonly encoding: string
  readonly decode: Decode
}

/** Cells of a group of records; what does not come out even together is taken apart row by row. */
export function rowsOf(records: readonly FileRecord[], width: number, shape: TableShape): Row[] {
  const sound = records.filter(({ fault }) => fault === null)
  const isQuoted = ({ bytes }: FileRecord) => bytes.includes(QUOTE)
  const plain = sound.filter((record) => !isQuoted(record))
  const cells = new Map<FileRecord, readonly string[]>()
  for (const group of [plain, plain.length === sound.length ? [] : sound.filter(isQuoted)]) {
    const together = cellsTogether(group, shape)
    if (together !== null) for (const [index, record] of group.entries()) cells.set(record, together[index] as string[])
  }
  return records.map((record) => {
    if (record.fault !== null) return { record, cells: null, fault: faultOf(record) }
    const found = cells.get(record) ?? cellsOf(record, shape)
    return 'code' in found ? { record, cells: null, fault: found } : fitted(record, found, width)
  })
}

/** The header: names of the columns, trimmed. */
export function headerOf(record: FileRecord, shape: TableShape): string[] {
  const cells = record.fault === null ? cellsOf(record, shape) : faultOf(record)
  if ('code' in cells) throw new ImportError('line 1 is no header of a table: check delimiter and --encoding')
  return cells.map((cell) =>
    cell
      .replace(/^\uFEFF/, '')
      .normalize('NFKC')
      .trim(),
  )
}

function cellsTogether(records: readonly FileRecord[], shape: TableShape): string[][] | null {
  if (records.length === 0) return []
  const text = shape.decode(Buffer.concat(records.flatMap(({ bytes }) => [bytes, LINE_BREAK])))
  if (text === null) return null
  const rows = split(text, shape.delimiter)
  return rows?.length === records.length ? rows : null
}

function cellsOf(
  record: FileRecord,
  { decode, delimiter, encoding }: TableShape,
): readonly string[] | NonNullable<Row['fault']> {
  const text = decode(record.bytes)
  if (text === null) {
    return {
      code: 'row.encoding',
      message: `Line ${record.line} is not ${encoding}: give --encoding, or mend the line where it was written.`,
    }
  }
  const rows = split(text, delimiter)
  if (rows?.length === 1) return rows[0] as string[]
  return { code: 'row.malformed', message: `Line ${record.line} cannot be taken apart: look for a quote too many.` }
}

function split(text: string, delimiter: string): string[][] | null {
  // Without quotes a delimiter is a delimiter, and this is all there is to it.
  if (!text.includes('"')) {
    return text
      .replace(/\n$/, '')
      .split('\n')
      .map((line) => line.split(delimiter))
  }
  try {
    return parse(text, {
      delimiter,
      record_delimiter: '\n',
      relax_quotes: true,
      relax_column_count: true,
      skip_empty_lines: false,
    }) as string[][]
  } catch {
    return null
  }
}

function fitted(record: FileRecord, cells: readonly string[], width: number): Row {
  if (cells.length === width) return { record, cells, fault: null }
  // Some programs write a delimiter at the end of each line.
  if (cells.length > width && cells.slice(width).every((cell) => cell.trim() === '')) {
    return { record, cells: cells.slice(0, width), fault: null }
  }
  const message = `Line ${record.line} has ${cells.length} cells and the header ${width}: quote cells that hold the delimiter, or the file was cut off here.`
  return { record, cells: null, fault: { code: 'row.ragged', message } }
}

function faultOf({ line, fault }: FileRecord): NonNullable<Row['fault']> {
  return fault === 'open'
    ? {
        code: 'row.cut-off',
        message: `Line ${line} opens a quote that is never closed: the file was cut off, or a quote is too many.`,
      }
    : {
        code: 'row.too-long',
        message: `Line ${line} is longer than any event may be, or opens a quote that is not closed: mend it.`,
      }
}
