import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Detector } from '../../src/detect/contract.ts'
import type { Explanation } from '../../src/detect/explain.ts'
import { ALL_PARTITIONS } from '../../src/detect/statistics/hash.ts'
import type { Finding } from '../../src/model/finding.ts'
import { businessDay, DAY_MS } from '../../src/model/time.ts'
import { run, shardOf, TestLog } from '../detect/log.ts'
import { everyDetector } from './every.ts'
import { type Arrival, GROWING, START, told } from './streams.ts'

/** All is received within one day of log time: what is late is decided by event time alone, and no key is purged. */
const RECEIVED = START + 200 * DAY_MS

/** Arrivals, and which of them are corrected: how many steps after it came the correction comes, and what it is. */
interface Case {
  readonly arrivals: readonly (Arrival & { readonly backfill: boolean })[]
  readonly corrections: readonly { readonly of: number; readonly after: number; readonly replacedBy: Arrival | null }[]
}

/**
 * Three forms that a key's state takes: few events over half a year (lists), events on most days of half a year (a ring),
 * hundreds within a week by few (a crowd, where the same member is seen again and again).
 */
const FORMS = {
  sparse: { days: [0, 180], bursts: [92, 98], most: 60 },
  ring: { days: [0, 180], bursts: [0, 180], most: 700 },
  crowd: { days: [92, 98], bursts: [92, 98], most: 700 },
} as const

/** The same complaint by one of sixty. */
function by(event: Arrival['event'], who: number): Arrival['event'] {
  return event.data?.complainant === undefined ? event : { ...event, data: { complainant: { key: `p1${who}` } } }
}

function cases(event: fc.Arbitrary<Arrival['event']>, form: keyof typeof FORMS): fc.Arbitrary<Case> {
  const { days, bursts, most } = FORMS[form]
  const day = fc.oneof(fc.integer({ min: days[0], max: days[1] }), fc.integer({ min: bursts[0], max: bursts[1] }))
  const someone = form === 'crowd' ? fc.tuple(event, fc.nat(59)).map(([one, who]) => by(one, who)) : event
  const arrival = fc.record({
    day,
    hour: fc.nat(23),
    delay: fc.constant(0),
    event: someone,
    backfill: fc.constantFrom(false, false, true),
  })
  const replacement = fc.option(fc.record({ day, hour: fc.nat(23), delay: fc.constant(0), event }), { nil: null })
  const correction = fc.record({ of: fc.nat(), after: fc.nat(40), replacedBy: replacement })
  return fc.record({
    arrivals: fc.array(arrival, { minLength: form === 'sparse' ? 8 : 600, maxLength: most, size: 'max' }),
    corrections: fc.array(correction, { minLength: 1, maxLength: 12 }),
  })
}

/** The log with its corrections, and the one that would have been: without what was corrected, and nothing undone. */
function logsOf({ arrivals, corrections }: Case): { corrected: TestLog; clean: TestLog } {
  const corrected = new TestLog()
  const clean = new TestLog()
  const first = new Map<number, Case['corrections'][number]>()
  for (const correction of corrections) {
    const of = correction.of % arrivals.length
    if (!first.has(of)) first.set(of, { ...correction, of })
  }
  const places = new Map<number, { seq: number; index: number }>()
  // The source has told everything: what rests on absence is known.
  for (const log of [corrected, clean]) log.complete('/test', RECEIVED + DAY_MS, RECEIVED)
  for (let n = 0; n < arrivals.length + 41; n++) {
    const arrival = arrivals[n]
    if (arrival) {
      const event = told(arrival, { id: `E${n}`, receivedAt: RECEIVED, backfill: arrival.backfill })
      corrected.rows(event)
      places.set(n, { seq: corrected.last, index: 0 })
      if (first.has(n)) clean.tick(RECEIVED)
      else clean.rows(event)
    }
    for (const { of, after, replacedBy } of first.values()) {
      if (of + after !== n) continue
      const place = places.get(of)
      if (place === undefined) continue
      const id = `R${of}`
      const row =
        replacedBy === null
          ? { type: 'event.retracted', subject: '', at: RECEIVED, register: {} }
          : told(replacedBy, { id, receivedAt: RECEIVED })
      corrected.correction(place, { ...row, id, receivedAt: RECEIVED })
      clean.rows({ ...row, id, receivedAt: RECEIVED })
    }
  }
  return { corrected, clean }
}

function keysOf(detector: Detector, { arrivals, corrections }: Case): string[] {
  const events = [...arrivals, ...corrections.flatMap(({ replacedBy }) => replacedBy ?? [])].map(({ event }) => event)
  const keys = events.map((event) => (detector.keyKind === 'address' ? event.register?.joined?.address : event.subject))
  return [...new Set(keys)].filter((key) => key !== undefined).sort()
}

function fold(detector: Detector, log: TestLog, shards = 1) {
  const split = Array.from({ length: shards }, (_, n) => {
    const partitions = ALL_PARTITIONS.filter((partition) => partition % shards === n)
    return shardOf([detector], partitions)
  })
  const findings = log.messages.flatMap((message) => split.flatMap((shard) => shard.apply(message)))
  const explain = (key: string) =>
    split.map((shard) => shard.explain(detector.id, key)).find((answer) => answer !== null) as Explanation
  return { findings, explain }
}

/** Keys with an alert that stands, and what the alert says last. */
function standing(findings: readonly Finding[]): string[] {
  const last = new Map(findings.map((finding) => [finding.alertId, finding]))
  return [...new Set([...last.values()].filter(({ kind }) => kind !== 'withdrawn').map(({ key }) => key.key))].sort()
}

const numbersOf = ({ windows, stock, verdict }: Explanation) => ({ windows, stock, verdict })

describe.each(everyDetector)('law of corrections, $code $id', (detector) => {
  const events = GROWING[detector.id] as fc.Arbitrary<Arrival['event']>
  const lateness = Math.max(...Object.values(detector.latenessDays))

  it.each(['sparse', 'ring', 'crowd'] as const)('windows say what they would without the event, %s', (form) => {
    let compared = 0
    fc.assert(
      fc.property(cases(events, form), (drawn) => {
        const { corrected, clean } = logsOf(drawn)
        const [with_, without] = [fold(detector, corrected), fold(detector, clean)]
        const newest = Math.max(...drawn.arrivals.map(({ day }) => day))
        for (const key of keysOf(detector, drawn)) {
          const [is, should] = [numbersOf(with_.explain(key)), numbersOf(without.explain(key))]
          // A window that reaches into what the event made the key forget is judged no more: there is nothing to compare.
          const end = Math.max(...should.windows.map(({ to }) => to), 0)
          if (businessDay(end) - businessDay(START) <= newest - lateness) continue
          expect(is).toEqual(should)
          compared++
        }
      }),
      { numRuns: form === 'sparse' ? 120 : 12, endOnFailure: form !== 'sparse' },
    )
    expect(compared).toBeGreaterThan(15)
  })

  it('an alert stands where it would without the event, as long as late events could have changed it too', () => {
    let stood = 0
    let fell = 0
    const within = cases(events, 'sparse').map(
      (drawn): Case => ({
        arrivals: drawn.arrivals.map((one) => ({ ...one, day: 95 + (one.day % lateness), backfill: false })),
        corrections: drawn.corrections.map((one) => ({ ...one, replacedBy: null })),
      }),
    )
    fc.assert(
      fc.property(within, (drawn) => {
        const { corrected, clean } = logsOf(drawn)
        const findings = run([detector], corrected)
        expect(standing(findings)).toEqual(standing(run([detector], clean)))
        stood += standing(findings).length
        fell += findings.filter(({ kind }) => kind === 'withdrawn').length
      }),
      { numRuns: 200 },
    )
    expect([stood > 20, fell > 5]).toEqual([true, true])
  })

  it.each([2, 5])('%d shards find what one finds', (shards) => {
    fc.assert(
      fc.property(cases(events, 'sparse'), (drawn) => {
        const { corrected } = logsOf(drawn)
        const text = (finding: Finding) => JSON.stringify(finding)
        const [one, many] = [fold(detector, corrected), fold(detector, corrected, shards)]
        expect(many.findings.map(text).sort()).toEqual(one.findings.map(text).sort())
      }),
      { numRuns: 30 },
    )
  })
})
