import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LoggedEvent } from '../../src/model/event.ts'
import { decodeRow, encodeRow } from '../../src/model/row.ts'

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('', '/sx/12315', 'a"b\\c', '\n\u2028'),
)
const instant = fc.integer({ min: 0, max: 4e12 })

test('a row is one line of JSON that gives the event back, whatever its texts hold', () => {
  const event = fc.record({
    position: fc.record({ epoch: fc.constant('0123456789abcdef'), seq: fc.nat(), index: fc.nat() }),
    receivedAt: instant,
    source: text,
    id: text,
    type: text,
    subject: text,
    time: instant,
    region: text,
    regionOriginal: text,
    industry: text,
    backfill: fc.boolean(),
    test: fc.boolean(),
    retracts: text,
    data: fc.dictionary(text, fc.oneof(text, fc.integer(), fc.boolean(), fc.array(text)), { noNullPrototype: true }),
    register: fc.constantFrom({}, { status: 'living', kind: '1130' }),
    keys: fc.array(fc.tuple(fc.constantFrom('address', 'phone'), text)),
  })
  fc.assert(
    fc.property(event, (told) => {
      const row = encodeRow(told as LoggedEvent, {
        idHash: '340282366920938463463374607431768211455',
        contentHash: '0',
      })
      expect(row).not.toContain('\n')
      const { idHash, contentHash, ...back } = decodeRow(row)
      expect(back).toEqual(told)
      expect([idHash, contentHash]).toEqual(['340282366920938463463374607431768211455', '0'])
    }),
  )
})
