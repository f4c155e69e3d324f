import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseEventTime } from '../../src/ingest/event-time.ts'
import { formatTime } from '../../src/model/time.ts'

describe('times of events', () => {
  it.each([
    ['2026-11-23T08:00:00+08:00', '2026-11-23T00:00:00.000Z'],
    ['2026-11-23T08:00:00', '2026-11-23T00:00:00.000Z'],
    ['2026-11-23 08:00:00', '2026-11-23T00:00:00.000Z'],
    ['2026-11-23T00:00:00Z', '2026-11-23T00:00:00.000Z'],
    ['2026-11-23t00:00:00.123456z', '2026-11-23T00:00:00.123Z'],
    ['2026-11-22T19:30:00-04:30', '2026-11-23T00:00:00.000Z'],
    ['2024-02-29T08:00:00+08:00', '2024-02-29T00:00:00.000Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
  ])('%s is %s', (text, instant) => expect(parseEventTime(text)).toBe(Date.parse(instant)))

  it.each([
    '',
    '2026-11-23',
    '2026-02-29T08:00:00Z',
    '2026-13-01T08:00:00Z',
    '2026-11-23T24:00:00Z',
    '2026-11-23T08:60:00Z',
    '23.11.2026 08:00',
    '2026-11-23T08:00:00+8',
    '1763856000000',
    '2026-11-23T08:00:00+24:00',
  ])('%j is none', (text) => expect(parseEventTime(text)).toBeNull())

  it('reads what the service writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(1949, 9, 1), max: Date.UTC(2100, 0, 1) }), (epochMs) => {
        expect(parseEventTime(formatTime(epochMs))).toBe(epochMs)
        expect(parseEventTime(formatTime(epochMs).replace('+08:00', ''))).toBe(epochMs)
      }),
    )
  })
})
