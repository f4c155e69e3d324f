import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { identityOf } from '../../src/ingest/writer/identity.ts'
import { decodeSnapshot, encodeSnapshot } from '../../src/ingest/writer/snapshot.ts'
import { emptyState, type WriterState } from '../../src/ingest/writer/writer-state.ts'
import { DAY_MS } from '../../src/model/time.ts'
import { canonical, code, NOW } from './setting.ts'

const EPOCH = '0123456789abcdef'

/** A state with ids recent and old, enterprises of several kinds, and controls in force. */
function stateOf(ids: readonly number[], enterprises: readonly number[]): WriterState {
  const state = emptyState()
  for (const id of ids) state.ids.add(identityOf(canonical({ id: `id-${id}` })), NOW - (id % 30) * DAY_MS)
  state.ids.expireAll(NOW)
  for (const number of enterprises) {
    const data = { address: `长治路${number}号`, kind: `11${number % 40}`, name: 'x', capital: 1 }
    state.register.apply(canonical({ type: 'enterprise.registered', subject: code(number), data, industry: '62' }))
  }
  state.seq = ids.length + 1
  state.logTime = NOW
  state.controls.versions = { 'complaint-surge': 1 }
  return state
}

describe('the snapshot of the writer', () => {
  const numbers = fc.uniqueArray(fc.nat(5_000), { maxLength: 120 })

  it('comes back as it was', () => {
    fc.assert(
      fc.property(numbers, numbers, (ids, enterprises) => {
        const state = stateOf(ids, enterprises)
        const back = decodeSnapshot(encodeSnapshot(state, EPOCH), EPOCH)
        expect(back).toMatchObject({ seq: state.seq, logTime: state.logTime, controls: state.controls })
        expect(back?.ids.recent).toBe(state.ids.recent)
        for (const id of ids) {
          const identity = identityOf(canonical({ id: `id-${id}` }))
          expect(back?.ids.familiarity(identity)).toBe(state.ids.familiarity(identity))
        }
        for (const number of enterprises) {
          expect(back?.register.table.get(code(number))).toEqual(state.register.table.get(code(number)))
        }
        expect(back && encodeSnapshot(back, EPOCH).length).toBe(encodeSnapshot(state, EPOCH).length)
      }),
      { numRuns: 60 },
    )
  })

  it('is refused when any byte is wrong, when it is cut off, and when it is of another log', () => {
    const bytes = Uint8Array.from(encodeSnapshot(stateOf([1, 2, 40], [1, 2]), EPOCH))
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const torn = bytes.slice()
        torn[at] = (torn[at] ?? 0) ^ flip
        expect(decodeSnapshot(torn, EPOCH)).toBeNull()
        expect(decodeSnapshot(bytes.slice(0, at), EPOCH)).toBeNull()
      }),
      { numRuns: 300 },
    )
    expect(decodeSnapshot(bytes, 'fedcba9876543210')).toBeNull()
    expect(decodeSnapshot(bytes, EPOCH)).not.toBeNull()
  })
})
