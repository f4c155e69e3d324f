import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { Bloom } from '../../src/ingest/writer/bloom.ts'
import { canonicalJson } from '../../src/ingest/writer/canonical-json.ts'
import { IdIndex, RECENT_DAYS } from '../../src/ingest/writer/id-index.ts'
import { identityOf, identityOfRow } from '../../src/ingest/writer/identity.ts'
import { DAY_MS } from '../../src/model/time.ts'
import { canonical, NOW } from './setting.ts'

const identity = (id: number, content: number) => identityOf(canonical({ id: `id-${id}`, data: { content } }))

describe('the index of ids', () => {
  it('says what a plain map says', () => {
    const step = fc.record({ id: fc.nat(400), content: fc.nat(2), days: fc.constantFrom(0, 0, 0, 1, 5) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 600 }), (steps) => {
        const index = new IdIndex()
        const model = new Map<number, { content: number; day: number }>()
        let day = 20_000
        for (const { id, content, days } of steps) {
          day += days
          index.expireAll(day * DAY_MS)
          const known = model.get(id)
          const found = index.familiarity(identity(id, content))
          if (known === undefined) {
            expect(['new', 'perhaps']).toContain(found)
            model.set(id, { content, day })
            index.add(identity(id, content), day * DAY_MS)
          } else if (known.day < day - RECENT_DAYS) expect(found).toBe('perhaps')
          else expect(found).toBe(known.content === content ? 'same' : 'other')
        }
        const recent = [...model.values()].filter((known) => known.day >= day - RECENT_DAYS)
        expect(index.recent).toBe(recent.length)
      }),
      { numRuns: 60 },
    )
  })

  it('holds many ids, and doubts few that it never met', () => {
    const index = new IdIndex()
    for (let id = 0; id < 40_000; id += 1) index.add(identity(id, 0), NOW)
    expect(index.recent).toBe(40_000)
    index.expireAll(NOW + 15 * DAY_MS)
    expect(index.recent).toBe(0)
    let doubted = 0
    for (let id = 0; id < 40_000; id += 1) {
      expect(index.familiarity(identity(id, 0))).toBe('perhaps')
      if (index.familiarity(identity(id + 1_000_000, 0)) === 'perhaps') doubted += 1
    }
    expect(index.old.layers.length).toBeGreaterThan(1)
    expect(doubted).toBeLessThan(80)
  })

  it('makes room before it loads what another held: no entry is moved a second time', () => {
    // They come in the order of slots: in a table that is still to grow each would pass by all before it.
    const held = new IdIndex()
    for (let id = 0; id < 20_000; id += 1) held.add(identity(id, 0), NOW)
    const entries = Uint32Array.from([...held.packed()].flatMap((shard) => [...shard]))
    const index = new IdIndex()
    const moves = vi.spyOn(Uint32Array.prototype, 'set')
    index.load(entries)
    expect(moves.mock.calls.length).toBe(20_000)
    moves.mockRestore()
    expect(index.recent).toBe(20_000)
    expect(index.familiarity(identity(19_999, 0))).toBe('same')
  })

  it('keeps the fourteenth day and not the fifteenth', () => {
    const index = new IdIndex()
    index.add(identity(1, 0), NOW)
    index.expireAll(NOW + RECENT_DAYS * DAY_MS)
    expect(index.familiarity(identity(1, 0))).toBe('same')
    index.expireAll(NOW + (RECENT_DAYS + 1) * DAY_MS)
    expect(index.familiarity(identity(1, 0))).toBe('perhaps')
  })
})

describe('the filter', () => {
  it('never denies what it holds', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 1e9 }), { maxLength: 300 }), (ids) => {
        const bloom = new Bloom()
        for (const id of ids) bloom.add(identity(id, 0).words)
        for (const id of ids) expect(bloom.perhaps(identity(id, 1).words)).toBe(true)
      }),
    )
  })
})

describe('identity', () => {
  it('does not depend on the order of members', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (data) => {
        const turned = Object.fromEntries(Object.entries(data).reverse())
        const event = canonical({ data })
        expect(identityOf({ ...event, data: turned }).contentHash).toBe(identityOf(event).contentHash)
        expect(JSON.parse(canonicalJson(data))).toEqual(JSON.parse(JSON.stringify(data)))
      }),
    )
  })

  it('covers every member of what was said', () => {
    const event = canonical()
    const others = [
      { type: 'report.filed' },
      { time: 1 },
      { region: '140106' },
      { industry: '62' },
      { test: true },
      { backfill: true },
      { retracts: 'x' },
      { subject: '' },
      { regionOriginal: '140726' },
      { data: {} },
    ]
    const hashes = [{}, ...others].map((more) => identityOf({ ...event, ...more }).contentHash)
    expect(new Set(hashes).size).toBe(hashes.length)
    expect(new Set([{}, ...others].map((more) => identityOf({ ...event, ...more }).idHash)).size).toBe(1)
  })

  it('comes back from the decimals of a row', () => {
    const { data: _, ...one } = identityOf(canonical())
    expect(identityOfRow(one)).toEqual(one)
  })
})
