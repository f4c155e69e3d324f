import { describe, expect, it } from 'vitest'
import { createEventResolver } from '../src/event-resolver.ts'
import type { LoggedEvent } from '../src/model/event.ts'
import type { Position } from '../src/model/position.ts'
import { encodeRow } from '../src/model/row.ts'
import { createRecentEvents } from '../src/recent-events.ts'
import { eventAt } from './alerts/findings.ts'

const EPOCH = eventAt(1, 0).position.epoch
const at = (seq: number, index: number, epoch = EPOCH): Position => ({ epoch, seq, index })
const batchOf = (seq: number, count: number) =>
  Buffer.from(
    Array.from({ length: count }, (_, index) => encodeRow(eventAt(seq, index), { idHash: '1', contentHash: '2' })).join(
      '\n',
    ),
  )
const idsOf = (events: readonly (LoggedEvent | null)[]) => events.map((event) => event?.id ?? null)

/** A log of ten batches of three rows, and a store that has what is asked for up to a batch. */
function open({ storedUpTo = 0 }: { storedUpTo?: number } = {}) {
  const read: number[] = []
  const asked: number[] = []
  const resolver = createEventResolver(
    {
      async get(seq) {
        read.push(seq)
        return seq > 10 ? null : { seq, kind: 'rows', count: 3, payload: batchOf(seq, 3) }
      },
    },
    {
      async eventsAt(positions) {
        asked.push(positions.length)
        return positions.filter(({ seq }) => seq <= storedUpTo).map(({ seq, index }) => eventAt(seq, index))
      },
    },
  )
  return { resolver, read, asked }
}

describe('events by position', () => {
  it('of a batch that was just appended are there without asking anybody', async () => {
    const { resolver, read, asked } = open()
    resolver.appended(12, batchOf(12, 3))
    const positions = [at(12, 2), at(12, 0)]
    expect(idsOf(resolver.inHand(positions))).toEqual(['event-12.2', 'event-12.0'])
    expect(idsOf(await resolver.eventsAt(positions))).toEqual(['event-12.2', 'event-12.0'])
    expect([read, asked]).toEqual([[], []])
    expect(resolver.inHand([at(12, 3), at(12, 1, 'another-log'), at(13, 0)])).toEqual([null, null, null])
  })

  it('come from the log, a few batches and the newest; the others from the store in one question, and stay', async () => {
    const { resolver, read, asked } = open({ storedUpTo: 4 })
    const positions = [9, 8, 7, 6, 5, 4, 3].map((seq) => at(seq, 1))
    const found = ['event-9.1', 'event-8.1', 'event-7.1', 'event-6.1', null, 'event-4.1', 'event-3.1']
    expect(idsOf(await resolver.eventsAt(positions))).toEqual(found)
    expect([read.toSorted(), asked]).toEqual([[6, 7, 8, 9], [3]])
    expect(idsOf(resolver.inHand(positions))).toEqual(found)
    // What the store lacked comes from the log the next time.
    expect(idsOf(await resolver.eventsAt(positions))).toEqual(found.with(4, 'event-5.1'))
    expect(asked).toEqual([3])
  })

  it('that nobody has are null', async () => {
    const { resolver } = open()
    expect(await resolver.eventsAt([at(11, 0)])).toEqual([null])
  })
})

it('keeps the newest batches and the events asked for last, as many as there is room for', () => {
  const batch = batchOf(1, 3)
  const recent = createRecentEvents(2 * batch.byteLength, 2)
  for (const seq of [1, 2, 3]) recent.keepBatch(seq, batchOf(seq, 3))
  const has = (...positions: Position[]) => positions.map((position) => recent.get(position) !== null)
  expect(has(at(1, 0), at(2, 0), at(3, 0))).toEqual([false, true, true])
  recent.keepBatch(4, batchOf(4, 3))
  recent.keepBatch(5, batchOf(5, 3))
  // Asked for before their batches went: these two are still known.
  expect(has(at(2, 0), at(3, 0), at(2, 1))).toEqual([true, true, false])
  expect(has(at(4, 0), at(2, 0))).toEqual([true, false])
})
