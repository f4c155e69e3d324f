import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { identityOf } from '../../src/ingest/writer/identity.ts'
import { decodeSnapshot, takeSnapshot } from '../../src/ingest/writer/snapshot.ts'
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

/** The bytes of a snapshot; `meanwhile` is what happens before and after each piece of it. */
function bytesOf(state: WriterState, meanwhile: () => void = () => {}): Uint8Array {
  const taking = takeSnapshot(state, EPOCH)
  meanwhile()
  let step = taking.next()
  for (; !step.done; step = taking.next()) meanwhile()
  return Uint8Array.from(Buffer.concat(step.value))
}

describe('the snapshot of the writer', () => {
  const numbers = fc.uniqueArray(fc.nat(5_000), { maxLength: 120 })

  it('comes back as it was', () => {
    fc.assert(
      fc.property(numbers, numbers, (ids, enterprises) => {
        const state = stateOf(ids, enterprises)
        const back = decodeSnapshot(bytesOf(state), EPOCH)?.state
        expect(back).toMatchObject({ seq: state.seq, logTime: state.logTime, controls: state.controls })
        expect(back?.ids.recent).toBe(state.ids.recent)
        for (const id of ids) {
          const identity = identityOf(canonical({ id: `id-${id}` }))
          expect(back?.ids.familiarity(identity)).toBe(state.ids.familiarity(identity))
        }
        for (const number of enterprises) {
          expect(back?.register.table.get(code(number))).toEqual(state.register.table.get(code(number)))
        }
        expect(back && bytesOf(back).length).toBe(bytesOf(state).length)
      }),
      { numRuns: 60 },
    )
  })

  it('is refused when any byte is wrong, when it is cut off, and when it is of another log', () => {
    const bytes = bytesOf(stateOf([1, 2, 40], [1, 2]))
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

  it('is what it was when it was begun, whatever comes while it is taken', () => {
    fc.assert(
      fc.property(numbers, fc.uniqueArray(fc.nat(60), { minLength: 1 }), (ids, enterprises) => {
        const state = stateOf(ids, enterprises)
        const then = enterprises.map((number) => state.register.table.get(code(number)))
        let came = 0
        const bytes = bytesOf(state, () => {
          came += 1
          state.seq += 1
          state.ids.add(identityOf(canonical({ id: `later-${came}` })), NOW)
          // The ids of an old day move into the filter while shards are taken down.
          state.ids.expireSome(NOW + 10 * DAY_MS)
          const number = enterprises[came % enterprises.length] ?? 0
          const data = { address: `新建路${came}号`, kind: `21${came % 40}`, name: 'x', capital: 1 }
          state.register.apply(
            canonical({ type: 'enterprise.registered', subject: code(number), data, industry: '62' }),
          )
          state.register.apply(canonical({ type: 'enterprise.registered', subject: code(9_000 + came), data }))
          state.register.commit()
          state.controls.versions = { 'complaint-surge': 1 + came }
        })
        const read = decodeSnapshot(bytes, EPOCH)
        expect(read?.state.seq).toBe(ids.length + 1)
        expect(read?.through).toBeGreaterThan(ids.length + 1)
        expect(read?.state.controls.versions).toEqual({ 'complaint-surge': 1 })
        expect(read?.state.register.table.size).toBe(enterprises.length)
        expect(enterprises.map((number) => read?.state.register.table.get(code(number)))).toEqual(then)
        for (const id of ids)
          expect(read?.state.ids.familiarity(identityOf(canonical({ id: `id-${id}` })))).not.toBe('new')
      }),
      { numRuns: 30 },
    )
  })
})
