import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LoggedEvent } from '../../src/model/event.ts'
import { decodeBatch, encodeRow } from '../../src/model/row.ts'
import { RowReader } from '../../src/model/row-reader.ts'

const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', '"', '\\', '\\"', '\n', '],["', '火锅店'))
/** As it is minted with the log: the one text that rows carry without escapes. */
const epoch = fc.stringMatching(/^[0-9a-f]{16}$/)
const event: fc.Arbitrary<LoggedEvent> = fc.record({
  position: fc.record({ epoch, seq: fc.maxSafeNat(), index: fc.nat(999) }),
  receivedAt: fc.maxSafeNat(),
  source: text,
  id: text,
  type: text,
  subject: text,
  time: fc.integer(),
  region: text,
  regionOriginal: text,
  industry: text,
  backfill: fc.boolean(),
  test: fc.boolean(),
  retracts: text,
  data: fc.dictionary(text, text),
  register: fc.constant({}),
  keys: fc.constant([]),
})

function payloadOf(events: readonly LoggedEvent[]): Uint8Array {
  return Buffer.from(events.map((one) => encodeRow(one, { idHash: '1', contentHash: '2' })).join('\n'))
}

function read(payload: Uint8Array) {
  const rows = new RowReader(payload)
  const found: { head: unknown; event: unknown }[] = []
  while (rows.next()) {
    const { epoch, seq, index, receivedAt, type } = rows
    found.push({ head: { position: { epoch, seq, index }, receivedAt, type }, event: rows.event() })
  }
  return found
}

describe('the reader of rows', () => {
  it('reads what decoding the whole batch gives, whatever stands in the texts', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 5 }), (events) => {
        const whole = decodeBatch(payloadOf(events))
        expect(read(payloadOf(events))).toEqual(
          whole.map((one) => {
            const { position, receivedAt, type } = one
            return { head: { position, receivedAt, type }, event: one }
          }),
        )
      }),
    )
  })

  it('passes over empty lines', () => {
    const [one] = fc.sample(event, { numRuns: 1, seed: 1 })
    const row = payloadOf([one as LoggedEvent])
    expect(read(Buffer.concat([Buffer.from('\n\n'), row, Buffer.from('\n\n'), row, Buffer.from('\n')])).length).toBe(2)
  })

  it.each(['x', '[', '["e"', '["e",1,2,3,"s","i","t', '["e",x', '["e", 1', '{"e":1}', '["e",1,2,3,"s","i\\'])(
    'refuses what is no row: %s',
    (line) => {
      expect(() => read(Buffer.from(`${line}\n["e",1`))).toThrow(TypeError)
    },
  )
})
