import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { rowsOf } from '../../src/import/csv.ts'
import { createDecode } from '../../src/import/encoding.ts'
import { type FileRecord, type ReadingPlace, type RecordShape, splitRecords } from '../../src/import/records.ts'
import { encodeGb18030 } from '../support/gb18030.ts'

const TABLE: RecordShape = { delimiter: 0x2c, twoByte: false, mostBytes: 200 }
const LINES: RecordShape = { ...TABLE, delimiter: null }

async function split(
  bytes: Buffer,
  shape: RecordShape,
  chunk = bytes.length,
  from?: ReadingPlace,
): Promise<FileRecord[]> {
  async function* chunks() {
    for (let at = from?.offset ?? 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk)
  }
  const records: FileRecord[] = []
  for await (const some of splitRecords(chunks(), shape, from)) records.push(...some)
  return records.map((record) => ({ ...record, bytes: Buffer.from(record.bytes) }))
}
const shown = (records: readonly FileRecord[]) =>
  records.map(({ start, end, line, bytes, fault }) => [start, end, line, bytes.toString(), fault])

describe('records of a file', () => {
  test('the drawing', async () => {
    expect(shown(await split(Buffer.from('a,b\n1,"x\ny"\n2,z'), TABLE))).toEqual([
      [0, 4, 1, 'a,b', null],
      [4, 12, 2, '1,"x\ny"', null],
      [12, 15, 4, '2,z', null],
    ])
  })

  test('whatever the size of the chunks, and from any record on, they are the same', async () => {
    const cell = fc.constantFrom('', 'a', '统一', '"q"', '"a,b"', '"x\ny"', '"say ""hi"""', '1"', ' "b"')
    const line = fc.array(cell, { minLength: 1, maxLength: 4 }).map((cells) => cells.join(','))
    const file = fc.array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\n\n')), { maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(file, fc.integer({ min: 1, max: 40 }), fc.boolean(), async (lines, chunk, isPacked) => {
        const text = lines.map(([content, end]) => content + end).join('')
        const bytes = isPacked ? encodeGb18030(text) : Buffer.from(text)
        const shape = { ...TABLE, twoByte: isPacked }
        const whole = await split(bytes, shape)
        expect(shown(await split(bytes, shape, chunk))).toEqual(shown(whole))
        for (const [index, record] of whole.entries()) {
          const later = await split(bytes, shape, chunk, { offset: record.start, line: record.line })
          expect(shown(later)).toEqual(shown(whole.slice(index)))
        }
      }),
      { numRuns: 200 },
    )
  })

  test('they are what the library reads, cell by cell', async () => {
    const cell = fc.constantFrom('', 'a', '统一', '"q"', '"a,b"', '"x\ny"', '"say ""hi"""', '1"', ' "b"')
    const line = fc.array(cell, { minLength: 3, maxLength: 3 }).map((cells) => cells.join(','))
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 20 }), async (lines) => {
        const text = `${lines.join('\n')}\n`
        const records = await split(Buffer.from(text), { ...TABLE, mostBytes: 10_000 }, 7)
        const rows = rowsOf(records, 3, { delimiter: ',', encoding: 'utf-8', decode: createDecode('utf-8') })
        expect(rows.map(({ cells }) => cells)).toEqual(parse(text, { relax_quotes: true, skip_empty_lines: true }))
      }),
      { numRuns: 200 },
    )
  })

  test.each([1, 5, 64, 4_096])(
    'a quote that never closes costs its line and no other (chunks of %i)',
    async (chunk) => {
      const rows = Array.from({ length: 40 }, (_, n) => `row${n},b`)
      rows[3] = 'row3,"open'
      rows[39] = 'row39,"cut o'
      const records = await split(Buffer.from(rows.join('\n')), TABLE, chunk)
      expect(records.map(({ fault }) => fault)).toEqual(
        rows.map((_, n) => (n === 3 ? 'too-long' : n === 39 ? 'open' : null)),
      )
      expect(records.map(({ line }) => line)).toEqual(rows.map((_, n) => n + 1))
    },
  )

  test.each([1, 64, 4_096])('a line without end is passed over whole (chunks of %i)', async (chunk) => {
    const text = `one\n${'x'.repeat(3_000)}\ntwo\n`
    const records = await split(Buffer.from(text), LINES, chunk)
    expect(records.map(({ line, start, end, fault }) => [line, start, end, fault])).toEqual([
      [1, 0, 4, null],
      [2, 4, 3_005, 'too-long'],
      [3, 3_005, 3_009, null],
    ])
  })

  test('in GB18030 the second byte of a character is none of ours', async () => {
    // 0x5C, 0x7C and digits as second bytes; only a delimiter before it makes a quote one.
    const bytes = Buffer.concat([Buffer.of(0x81, 0x7c), Buffer.from('"x\nb|"y\nz"\n')])
    const records = await split(bytes, { delimiter: 0x7c, twoByte: true, mostBytes: 200 })
    expect(records.map(({ line }) => line)).toEqual([1, 2])
  })
})
