import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { keepFrom, type LogNeeds } from '../src/log-floor.ts'

const STATES = ['writer', 'detect-0', 'detect-1', 'detect-2']
const LAST = 40

/** Needs of which everything is known. */
const known: fc.Arbitrary<LogNeeds & { stored: number; young: number }> = fc.record({
  first: fc.integer({ min: 1, max: 10 }),
  last: fc.constant(LAST),
  stored: fc.integer({ min: 0, max: LAST }),
  snapshots: fc
    .array(fc.uniqueArray(fc.integer({ min: 1, max: LAST }), { minLength: 2, maxLength: 2 }), {
      minLength: STATES.length,
      maxLength: STATES.length,
    })
    .map((pairs) => new Map(STATES.map((state, n) => [state, [...(pairs[n] ?? [])].sort((a, b) => b - a)]))),
  states: fc.constant(STATES),
  young: fc.integer({ min: 1, max: LAST + 1 }),
})

/** What would be lost if everything below `from` went: the promise, word by word. */
function losses(needs: LogNeeds & { stored: number; young: number }, from: number): string[] {
  const gone = Array.from({ length: LAST }, (_, n) => n + 1).filter((seq) => seq < from)
  const lost: string[] = []
  for (const seq of gone) {
    if (seq > needs.stored) lost.push(`${seq} is not stored`)
    if (seq >= needs.young) lost.push(`${seq} is too young`)
    // Whichever of its two snapshots a state comes back from, the replay needs all that stands behind it.
    for (const state of STATES)
      for (const snapshot of needs.snapshots.get(state) ?? [])
        if (seq > snapshot) lost.push(`${state} at ${snapshot} needs ${seq}`)
  }
  return lost
}

describe('what of the log may go', () => {
  test('nothing that anybody could still need, and everything else', () => {
    fc.assert(
      fc.property(known, (needs) => {
        const { from } = keepFrom(needs)
        expect(from).toBeGreaterThanOrEqual(needs.first)
        const beyond = from > needs.first ? losses(needs, from) : []
        expect(beyond).toEqual([])
        expect(losses(needs, from + 1)).not.toEqual([])
      }),
      { numRuns: 2_000 },
    )
  })

  test('nothing at all while anything is unknown', () => {
    const unknowing = known.chain((needs) =>
      fc.constantFrom<LogNeeds>(
        { ...needs, stored: null },
        { ...needs, young: null },
        ...STATES.flatMap((state) => {
          const pair = needs.snapshots.get(state) ?? []
          return [
            { ...needs, snapshots: without(needs, state) },
            { ...needs, snapshots: new Map([...needs.snapshots, [state, pair.slice(0, 1)]]) },
            { ...needs, snapshots: new Map([...needs.snapshots, [state, [LAST + 1, ...pair.slice(0, 1)]]]) },
          ]
        }),
      ),
    )
    fc.assert(
      fc.property(unknowing, (needs) => {
        expect(keepFrom(needs)).toEqual({ from: needs.first, because: 'unknown' })
      }),
    )
  })

  test('the picture in its description', () => {
    const snapshots = new Map([
      ['detect-0', [6, 3]],
      ['detect-1', [7, 4]],
    ])
    const needs = { first: 1, last: 9, stored: 7, snapshots, states: ['detect-0', 'detect-1'] }
    expect(keepFrom(needs)).toEqual({ from: 4, because: 'snapshots' })
    expect(keepFrom({ ...needs, young: 3 })).toEqual({ from: 3, because: 'age' })
    expect(keepFrom({ ...needs, stored: 2 })).toEqual({ from: 3, because: 'store' })
    expect(keepFrom({ ...needs, first: 6 })).toEqual({ from: 6, because: 'snapshots' })
  })
})

function without({ snapshots }: LogNeeds, state: string): LogNeeds['snapshots'] {
  return new Map([...snapshots].filter(([name]) => name !== state))
}
