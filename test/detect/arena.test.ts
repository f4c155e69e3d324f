import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { alertIdOf } from '../../src/detect/episode.ts'
import { hash64, partitionOf } from '../../src/detect/statistics/hash.ts'
import { Arena } from '../../src/detect/windows/arena.ts'
import { addContribution, contributionsBetween } from '../../src/detect/windows/contributions.ts'
import { KeyTable } from '../../src/detect/windows/key-table.ts'
import type { List } from '../../src/detect/windows/list.ts'
import { freeName, keepName, nameAt } from '../../src/detect/windows/name.ts'
import { createRecord, RECORD_WORDS } from '../../src/detect/windows/record.ts'

describe('the arena', () => {
  it('gives blocks that never overlap, however they are resized and freed', () => {
    const change = fc.record({ block: fc.nat(9), size: fc.integer({ min: 0, max: 200 }) })
    fc.assert(
      fc.property(fc.array(change, { maxLength: 200, size: 'max' }), (changes) => {
        const arena = new Arena()
        const blocks = Array.from({ length: 10 }, () => ({ reference: 0, words: [] as number[] }))
        let next = 1
        for (const { block, size } of changes) {
          const held = blocks[block] as (typeof blocks)[number]
          held.reference = arena.resize(held.reference, held.words.length, size)
          held.words = Array.from({ length: size }, (_, i) => held.words[i] ?? next++)
          arena.words.set(held.words, held.reference)
          for (const { reference, words } of blocks)
            expect(Array.from(arena.words.subarray(reference, reference + words.length))).toEqual(words)
        }
      }),
    )
  })

  it('reuses what was freed', () => {
    const arena = new Arena()
    for (let round = 0; round < 1_000; round++) arena.free(arena.allocate(30), 30)
    expect(arena.bytes).toBeLessThan(1_024)
  })
})

describe('the table of keys', () => {
  it('finds what is in and nothing else, after any removals', () => {
    const change = fc.record({ key: fc.nat(60), remove: fc.boolean() })
    fc.assert(
      fc.property(fc.array(change, { maxLength: 300, size: 'max' }), (changes) => {
        const arena = new Arena()
        const table = new KeyTable(arena)
        const model = new Map<number, number>()
        for (const { key, remove } of changes) {
          // Hashes that differ in few bits, so that probes run into each other.
          const hash = { high: key % 7, low: key }
          const known = model.get(key)
          if (remove && known !== undefined) {
            table.remove(known)
            arena.free(known, RECORD_WORDS.plain)
            model.delete(key)
          } else if (!remove && known === undefined) {
            const record = createRecord(arena, hash, 0, RECORD_WORDS.plain)
            table.insert(record)
            model.set(key, record)
          }
        }
        for (let key = 0; key <= 60; key++) expect(table.find({ high: key % 7, low: key })).toBe(model.get(key) ?? 0)
        expect(table.references().sort()).toEqual([...model.values()].sort())
      }),
    )
  })
})

it('keeps names of any length, and gives their room back', () => {
  const arena = new Arena()
  const texts = ['', '140105', '91140105MA0K2914XG', '长'.repeat(84), '风'.repeat(85), 'x'.repeat(70_000)]
  const kept = texts.map((text) => keepName(arena, text))
  expect(kept.map((reference) => nameAt(arena, reference))).toEqual(texts)
  const { bytes } = arena
  for (const reference of kept) freeName(arena, reference)
  expect(texts.map((text) => nameAt(arena, keepName(arena, text)))).toEqual(texts)
  expect(arena.bytes).toBe(bytes)
})

describe('contributions', () => {
  it('are the newest 64 by event time, whatever the order of arrival', () => {
    const event = fc.record({ time: fc.integer({ min: -1e12, max: 2e12 }), index: fc.nat(999) })
    fc.assert(
      fc.property(fc.array(event, { maxLength: 150, size: 'max' }), (events) => {
        const arena = new Arena()
        let list: List = { reference: 0, length: 0 }
        const all = events.map(({ time, index }, n) => ({
          time,
          seq: 2 ** 40 + n,
          index,
          region: '140105',
          subject: n % 3 === 0 ? '' : '91140105MA0K2914XG',
        }))
        for (const added of all) list = addContribution(arena, list, added)
        const newest = [...all].sort((a, b) => b.time - a.time || b.seq - a.seq).slice(0, 64)
        expect(contributionsBetween(arena, list, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)).toEqual(newest)
      }),
    )
  })
})

describe('the hash', () => {
  it('stays what it is, since state on disk and alerts rest on it', () => {
    expect(hash64('real:91140105MA0K2914XG')).toEqual({ high: 3_063_084_961, low: 2_030_941_975 })
    expect(partitionOf('enterprise', '91140105MA0K2914XG')).toBe(1)
    expect(partitionOf('address', '91140105MA0K2914XG')).toBe(38)
    expect(alertIdOf('complaint-surge', '91140105MA0K2914XG', { source: '/sx/12315', id: 'A1' })).toBe(
      '4f969129fa9bb118da98cbb7c060cc04',
    )
  })

  it('spreads like keys evenly over the partitions and does not collide', () => {
    const counts = new Map<number, number>()
    const seen = new Set<string>()
    for (let n = 0; n < 64_000; n++) {
      const { high, low } = hash64(`enterprise:91140105MA0K${String(n).padStart(4, '0')}XG`)
      counts.set(low % 64, (counts.get(low % 64) ?? 0) + 1)
      seen.add(`${high}:${low}`)
    }
    expect(seen.size).toBe(64_000)
    expect(Math.min(...counts.values())).toBeGreaterThan(850)
    expect(Math.max(...counts.values())).toBeLessThan(1_150)
  })
})
