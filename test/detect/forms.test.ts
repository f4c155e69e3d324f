import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Arena } from '../../src/detect/windows/arena.ts'
import {
  addMember,
  crowdFrom,
  distinctMembers,
  freeMembers,
  takeMember,
  toCrowd,
  toMemberList,
  trimMembers,
} from '../../src/detect/windows/members.ts'
import { createRecord, hasForm, newestBin, RECORD_WORDS, setNewestBin } from '../../src/detect/windows/record.ts'
import {
  addToTally,
  countInTally,
  freeTally,
  newestTallyBin,
  type TallyBin,
  takeFromTally,
  tallyBins,
  toList,
  toRing,
  trimTally,
} from '../../src/detect/windows/tally.ts'

/** Which form is forced after every step; `natural` leaves it to the state, `mixed` changes it by the drawn word. */
const FORCED = ['natural', 'sparse', 'dense', 'mixed'] as const

const span = fc.constantFrom(1, 2, 12, 31, 33, 64, 94)
const step = fc.record({
  /** Bins from the newest one: ahead of it moves it on, behind it is late. */
  ahead: fc.oneof(fc.integer({ min: -40, max: 2 }), fc.constantFrom(0, 1, 40, 200)),
  offset: fc.nat(86_399_999),
  times: fc.oneof({ weight: 20, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.constantFrom(600, 1_100) }),
  member: fc.nat(30),
  dense: fc.boolean(),
  /** Of what was noted so far, which is taken back after the step, if any. */
  back: fc.option(fc.nat(), { nil: null }),
})
const steps = fc.array(step, { maxLength: 150, size: 'max' })
const start = fc.constantFrom(-500, -3, 0, 20_000)

const least = (offsets: readonly number[]) => offsets.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
const most = (offsets: readonly number[]) => offsets.reduce((a, b) => Math.max(a, b), 0)

/** A key's record whose newest bin moves on like that of a key of a detector. */
function recordAt(bin: number) {
  const arena = new Arena()
  const record = createRecord(arena, { high: 1, low: 2 }, bin, RECORD_WORDS.plain)
  return {
    arena,
    record,
    /** The bin `ahead` of the newest; null when it is too late. `trim` is called when the newest moves on. */
    reach(ahead: number, kept: number, trim: (moved: number) => void): number | null {
      const newest = newestBin(arena, record)
      if (ahead <= -kept) return null
      if (ahead > 0) {
        setNewestBin(arena, record, newest + ahead)
        trim(ahead)
      }
      return newest + ahead
    },
  }
}

describe.each(FORCED)('a tally, %s', (forced) => {
  it('counts like a map of bins', () => {
    fc.assert(
      fc.property(span, start, steps, (kept, from, given) => {
        const { arena, record, reach } = recordAt(from)
        const model = new Map<number, number[]>()
        const force = (dense: boolean) => {
          const isRing = hasForm(arena, record, 'ring')
          const wantsRing = forced === 'dense' || (forced === 'mixed' && dense)
          if (forced === 'natural' || wantsRing === isRing) return
          if (wantsRing) toRing(arena, record, kept)
          else toList(arena, record, kept)
        }
        force(false)
        for (const { ahead, offset, times, dense, back } of given) {
          const bin = reach(ahead, kept, (moved) => trimTally(arena, record, kept, moved))
          force(dense)
          const newest = newestBin(arena, record)
          for (const held of model.keys()) if (held <= newest - kept) model.delete(held)
          if (bin === null) continue
          for (let n = 0; n < times; n++) {
            addToTally(arena, record, kept, bin, offset)
            model.set(bin, [...(model.get(bin) ?? []), offset])
          }
          if (back !== null) {
            const [from = 0, offsets = []] = [...model][back % model.size] ?? []
            const [taken = 0] = offsets.splice(back % offsets.length, 1)
            const rest = offsets.length === 0 ? null : { first: least(offsets), last: most(offsets) }
            expect(takeFromTally(arena, record, kept, from, taken, rest)).toBe(true)
            if (rest === null) model.delete(from)
            expect(takeFromTally(arena, record, kept, newest + 1, taken, null)).toBe(false)
          }
          const bins: TallyBin[] = [...model]
            .map(([held, offsets]) => ({
              bin: held,
              count: offsets.length,
              first: least(offsets),
              last: most(offsets),
            }))
            .sort((a, b) => a.bin - b.bin)
          expect(tallyBins(arena, record, kept, -1e9, 1e9)).toEqual(bins)
          expect(newestTallyBin(arena, record, kept)).toBe(bins.at(-1)?.bin ?? null)
          for (const [a, b] of [
            [newest - kept - 5, newest + 5],
            [newest - 6, newest + 1],
            [bin - 3, bin + 1],
          ] as const) {
            const expected = bins.filter((one) => one.bin >= a && one.bin < b)
            expect(tallyBins(arena, record, kept, a, b)).toEqual(expected)
            expect(countInTally(arena, record, kept, a, b)).toBe(expected.reduce((sum, { count }) => sum + count, 0))
          }
        }
        freeTally(arena, record, kept)
        expect(tallyBins(arena, record, kept, -1e9, 1e9)).toEqual([])
      }),
      { numRuns: 150 },
    )
  })
})

/** Like hashes, so that probes run into each other; 0 is a hash too. */
const hashOf = (n: number) => ({ high: n % 7 === 0 ? 0xffff_ffff : 0, low: n })

describe.each(FORCED)('members, %s', (forced) => {
  it('are counted like sets', () => {
    fc.assert(
      fc.property(span, start, steps, (kept, from, given) => {
        const { arena, record, reach } = recordAt(from)
        const model: { bin: number; member: number }[] = []
        const force = (dense: boolean) => {
          const isCrowd = hasForm(arena, record, 'crowd')
          const wantsCrowd = forced === 'dense' || (forced === 'mixed' && dense)
          if (forced === 'natural' || wantsCrowd === isCrowd) return
          if (wantsCrowd) toCrowd(arena, record, kept)
          else toMemberList(arena, record, kept)
        }
        force(false)
        for (const { ahead, member, dense, times, back } of given) {
          const bin = reach(ahead, kept, (moved) => trimMembers(arena, record, kept, moved))
          force(dense)
          const newest = newestBin(arena, record)
          model.splice(0, model.length, ...model.filter((held) => held.bin > newest - kept))
          if (bin === null) continue
          for (let n = member; n < member + Math.ceil(times / 10); n++) {
            addMember(arena, record, kept, bin, hashOf(n))
            model.push({ bin, member: n })
          }
          for (let n = 0; back !== null && n <= back % 9 && model.length > 0; n++) {
            const [taken] = model.splice(back % model.length, 1)
            if (taken) takeMember(arena, record, kept, taken.bin, hashOf(taken.member))
          }
          // Nobody was seen there: nothing changes.
          takeMember(arena, record, kept, bin, hashOf(1_000_000))
          for (const [a, b] of [
            [newest - kept - 5, newest + 5],
            [newest - 6, newest + 1],
            [bin - 3, bin + 1],
            [bin, newest],
          ] as const) {
            const expected = new Set(model.filter((one) => one.bin >= a && one.bin < b).map((one) => one.member))
            expect(distinctMembers(arena, record, kept, a, b)).toBe(expected.size)
          }
        }
        freeMembers(arena, record, kept)
        expect(distinctMembers(arena, record, kept, -1e9, 1e9)).toBe(0)
      }),
      { numRuns: 120 },
    )
  })
})

describe('the form of a key', () => {
  const DAYS = 94

  it('is a ring while that is smaller, and a list again when a list takes half of it', () => {
    const { arena, record, reach } = recordAt(0)
    const ringAfter: number[] = []
    for (let day = 0; day < 200; day++) {
      const bin = reach(day === 0 ? 0 : 1, DAYS, (moved) => trimTally(arena, record, DAYS, moved)) as number
      if (day < 100 || day % 9 === 0) addToTally(arena, record, DAYS, bin, 5)
      if (hasForm(arena, record, 'ring')) ringAfter.push(day)
    }
    // 49 entries need a block of 256 words, a ring of 94 slots one of 192; 24 entries one of 96.
    expect(ringAfter[0]).toBe(48)
    expect(ringAfter.at(-1)).toBeLessThan(185)
    expect(ringAfter.length).toBe((ringAfter.at(-1) as number) - 48 + 1)
  })

  it('is a list when a bin has more events than a ring can count', () => {
    const { arena, record, reach } = recordAt(0)
    for (let day = 0; day < 60; day++) {
      const bin = reach(day === 0 ? 0 : 1, DAYS, (moved) => trimTally(arena, record, DAYS, moved)) as number
      addToTally(arena, record, DAYS, bin, 5)
    }
    expect(hasForm(arena, record, 'ring')).toBe(true)
    for (let n = 1; n < 1_023; n++) addToTally(arena, record, DAYS, 59, 5)
    expect(hasForm(arena, record, 'ring')).toBe(true)
    addToTally(arena, record, DAYS, 59, 5)
    expect(hasForm(arena, record, 'ring')).toBe(false)
    expect(countInTally(arena, record, DAYS, 59, 60)).toBe(1_024)
  })

  it('is a crowd from so many entries on, and a list below a quarter of them', () => {
    const { arena, record, reach } = recordAt(0)
    const many = crowdFrom(10)
    for (let n = 0; n < many; n++) {
      expect(hasForm(arena, record, 'crowd')).toBe(false)
      addMember(arena, record, 10, n < many / 4 - 1 ? 0 : -1, { high: n * 7_919, low: n })
    }
    expect(hasForm(arena, record, 'crowd')).toBe(true)
    reach(8, 10, (moved) => trimMembers(arena, record, 10, moved))
    expect(hasForm(arena, record, 'crowd')).toBe(true)
    reach(1, 10, (moved) => trimMembers(arena, record, 10, moved))
    expect(hasForm(arena, record, 'crowd')).toBe(false)
    expect(distinctMembers(arena, record, 10, 0, 10)).toBe(Math.ceil(many / 4) - 1)
  })

  it('gives all its memory back, however often it changes', () => {
    const { arena, record, reach } = recordAt(0)
    let settled = 0
    for (let round = 0; round < 60; round++) {
      for (let day = 0; day < DAYS; day++) {
        const bin = reach(1, DAYS, (moved) => {
          trimTally(arena, record, DAYS, moved)
          trimMembers(arena, record, 10, moved)
        }) as number
        addToTally(arena, record, DAYS, bin, 5)
        for (let n = 0; n < 30; n++) addMember(arena, record, 10, bin, { high: n * 2 ** 27, low: bin })
      }
      expect([hasForm(arena, record, 'ring'), hasForm(arena, record, 'crowd')]).toEqual([true, true])
      freeTally(arena, record, DAYS)
      freeMembers(arena, record, 10)
      if (round === 2) settled = arena.bytes
    }
    expect(arena.bytes).toBe(settled)
    expect(arena.allocate(RECORD_WORDS.plain)).toBeGreaterThan(0)
  })
})
