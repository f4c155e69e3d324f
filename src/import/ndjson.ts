import { createDecode, type Encoding } from './encoding.ts'
import type { Input } from './input.ts'
import type { Item, ItemSource } from './item.ts'
import { type FileRecord, splitRecords } from './records.ts'

/** Longest line that is sent; the door says of what is longer than an event may be that it is. */
export const MOST_RECORD_BYTES = 1024 * 1024
const LF = 0x0a

/**
 * CloudEvents, one a line. They are sent as they stand: what is wrong with them the door knows best. With `backfill` each
 * is marked as history.
 */
export function ndjsonSource(input: Input, encoding: Encoding, backfill: boolean): ItemSource {
  const decode = createDecode(encoding)
  const shape = { delimiter: null, twoByte: false, mostBytes: MOST_RECORD_BYTES }

  function itemOf(record: FileRecord): Item {
    const { line, start, end } = record
    const place = { line, start, end, nextLine: line + 1, rules: [] }
    if (record.fault !== null) {
      const message = `Line ${line} is longer than any event may be (256 KiB): is this a file with one event a line?`
      return { ...place, events: [], fault: { code: 'row.too-long', message } }
    }
    const text = decode(record.bytes)
    if (text === null) {
      const message = `Line ${line} is not ${encoding}: give --encoding, or mend the line where it was written.`
      return { ...place, events: [], fault: { code: 'row.encoding', message } }
    }
    const clean = text.replace(/^\uFEFF/, '')
    return { ...place, events: [backfill ? asBackfill(clean) : clean], fault: null }
  }

  return {
    async *items(from) {
      for await (const records of splitRecords(input.read(from.offset), shape, from)) yield records.map(itemOf)
    },
    explain: (_rule, { message }) => message,
  }
}

/** What cannot be read goes as it is: the door refuses it. */
function asBackfill(text: string): string {
  try {
    const event: unknown = JSON.parse(text)
    const isEvent = typeof event === 'object' && event !== null && !Array.isArray(event)
    return isEvent ? JSON.stringify({ ...event, backfill: true }) : text
  } catch {
    return text
  }
}

/** Whether a file holds JSON lines: what it begins with. */
export function looksLikeNdjson(sample: Buffer): boolean {
  const end = sample.indexOf(LF)
  const first = sample.subarray(0, end === -1 ? sample.length : end).toString('latin1')
  return /^(?:ï»¿)?\s*\{/.test(first)
}
