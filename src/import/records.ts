/** A record of a file: one line, or several where a quoted cell holds line breaks. */
export interface FileRecord {
  /** First byte, and the one after its line break, counted from the beginning of the (unpacked) file. */
  readonly start: number
  readonly end: number
  /** Number of its first line, from 1. */
  readonly line: number
  /** Without the line break. */
  readonly bytes: Buffer
  /** `too-long`: no end within the limit; reading goes on at the next line. `open`: the file ends inside a quoted cell. */
  readonly fault: 'too-long' | 'open' | null
}

/** How records of a kind of file end. */
export interface RecordShape {
  /** Byte between cells where quotes may hold line breaks; null: every line is a record. */
  readonly delimiter: number | null
  /** GB18030: a byte from 0x81 on takes the next one with it (three, when that is a digit). */
  readonly twoByte: boolean
  /** Longest record, bytes. */
  readonly mostBytes: number
}

/** Where reading begins: not at the beginning, when an earlier run got further. */
export interface ReadingPlace {
  readonly offset: number
  readonly line: number
}

export const BEGINNING: ReadingPlace = { offset: 0, line: 1 }

const LF = 0x0a
const CR = 0x0d
const QUOTE = 0x22

/**
 * Cuts bytes into records, those of a chunk at a time; blank lines are none. Works on bytes, so that every record has its
 * place in the file whatever the encoding: in UTF-8 and GB18030 a byte below 0x30 is always that character.
 *
 *     a,b␊1,"x␊y"␊2,z      records: [0,4) line 1   [4,12) line 2   [12,15) line 4
 */
export async function* splitRecords(
  chunks: AsyncIterable<Buffer>,
  shape: RecordShape,
  from: ReadingPlace = BEGINNING,
): AsyncGenerator<FileRecord[]> {
  let rest: Buffer = Buffer.alloc(0)
  let offset = from.offset
  let line = from.line
  /** A line that outgrew the limit, until its break comes. */
  let skipping: { readonly start: number; readonly line: number } | null = null

  function cut(buffer: Buffer, isLast: boolean): FileRecord[] {
    const records: FileRecord[] = []
    let at = 0
    let nextQuote = -2
    while (at < buffer.length) {
      if (nextQuote !== -1 && nextQuote < at) nextQuote = shape.delimiter === null ? -1 : buffer.indexOf(QUOTE, at)
      const firstBreak = buffer.indexOf(LF, at)
      let end = firstBreak
      let lines = 1
      let fault: FileRecord['fault'] = null
      if (nextQuote !== -1 && (firstBreak === -1 || nextQuote < firstBreak)) {
        const found = endOfQuoted(buffer, at, shape)
        end = found.end
        lines = found.lines
        if (isLast && found.isOpen) fault = 'open'
      }
      if ((end === -1 ? buffer.length : end) - at > shape.mostBytes) fault = 'too-long'
      if (fault !== null) {
        // A quote that never closes would take all that follows with it: the next line is another record again.
        end = firstBreak
        lines = 1
      }
      if (end === -1 && !isLast) {
        // Of a line that outgrows the limit nothing is kept until its break comes.
        if (fault !== null) {
          skipping = { start: offset + at, line }
          at = buffer.length
        }
        break
      }
      const until = end === -1 ? buffer.length : end
      const after = end === -1 ? buffer.length : end + 1
      const bytes = buffer.subarray(at, until > at && buffer[until - 1] === CR ? until - 1 : until)
      if (fault !== null || !isBlank(bytes)) {
        records.push({ start: offset + at, end: offset + after, line, bytes, fault })
      }
      line += lines
      at = after
    }
    rest = buffer.subarray(at)
    offset += at
    return records
  }

  function endOfSkipped(chunk: Buffer): { record: FileRecord | null; chunk: Buffer } {
    if (skipping === null) return { record: null, chunk }
    const end = chunk.indexOf(LF)
    if (end === -1) {
      offset += chunk.length
      return { record: null, chunk: Buffer.alloc(0) }
    }
    const begun = skipping
    skipping = null
    offset += end + 1
    line += 1
    return { record: tooLong(begun, offset), chunk: chunk.subarray(end + 1) }
  }

  for await (const arrived of chunks) {
    const { record, chunk } = endOfSkipped(arrived)
    const records = cut(rest.length === 0 ? chunk : Buffer.concat([rest, chunk]), false)
    if (record !== null) records.unshift(record)
    if (records.length > 0) yield records
  }
  if (skipping !== null) yield [tooLong(skipping, offset)]
  const last = cut(rest, true)
  if (last.length > 0) yield last
}

function tooLong(begun: { readonly start: number; readonly line: number }, end: number): FileRecord {
  return { ...begun, end, bytes: Buffer.alloc(0), fault: 'too-long' }
}

/** The line break that ends a record with quotes in it, -1 when it is not there yet, and how many lines it spans. */
function endOfQuoted(
  buffer: Buffer,
  from: number,
  shape: RecordShape,
): { end: number; lines: number; isOpen: boolean } {
  const most = Math.min(buffer.length, from + shape.mostBytes + 1)
  let isQuoted = false
  let isCellStart = true
  let lines = 1
  for (let at = from; at < most; at++) {
    const byte = buffer[at] as number
    if (isQuoted) {
      if (byte === QUOTE) {
        if (buffer[at + 1] === QUOTE) at += 1
        else isQuoted = false
      } else if (byte === LF) lines += 1
    } else if (byte === LF) return { end: at, lines, isOpen: false }
    else if (byte === shape.delimiter) {
      isCellStart = true
      continue
    } else if (byte === QUOTE && isCellStart) isQuoted = true
    isCellStart = false
    if (shape.twoByte && byte >= 0x81) at += isDigit(buffer[at + 1]) ? 3 : 1
  }
  return { end: -1, lines, isOpen: isQuoted }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39
}

function isBlank(bytes: Buffer): boolean {
  for (const byte of bytes) if (byte !== 0x20 && byte !== 0x09) return false
  return true
}
