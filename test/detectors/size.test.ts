import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Detector } from '../../src/detect/contract.ts'
import { businessDay, DAY_MS, formatDay } from '../../src/model/time.ts'
import { shardOf, TestLog, type Told } from '../detect/log.ts'
import { everyDetector } from './every.ts'
import { type Arrival, GROWING, START, told } from './streams.ts'

const KEYS = 40_000

/** Most keys see one event in three months, some a few, one in a hundred many; like complaints and addresses do. */
function eventsOf(key: number): number {
  if (key % 100 === 0) return 40
  return key % 10 === 0 ? 5 : key % 3 === 0 ? 2 : 1
}

describe.each(everyDetector)('state of $code $id', (detector) => {
  it('takes at most 64 bytes a key and window, evidence positions apart', () => {
    const log = new TestLog()
    let batch: Told[] = []
    let contributions = 0
    for (let key = 0; key < KEYS; key++) {
      for (let n = 0; n < eventsOf(key); n++) {
        const day = (key * 7 + n * 13) % 94
        batch.push(eventFor(detector, key, n, day))
        contributions++
      }
      if (batch.length > 500 || key === KEYS - 1) {
        log.rows(...batch)
        batch = []
      }
    }
    const shard = shardOf([detector])
    for (const message of log.messages) shard.apply(message)
    const [state] = shard.state()
    if (!state) throw new Error('one detector has one state')
    // What waits has a place of its own for each item: one counts like a window.
    const items = detector.deadlines ? 1 + contributions / state.keys : 0
    // A key has a record and bins of its own, which its windows share: where there is one window only, that counts like another.
    const windows = Math.max(2, Object.keys(detector.windows).length + (detector.stock ? 1 : 0) + items)
    const counted = (state.bytes - state.evidenceBytes) / state.keys / windows
    console.log(
      `${detector.id}: ${state.keys} keys, ${contributions} events, ${counted.toFixed(1)} bytes a key and window, ` +
        `${(state.evidenceBytes / state.keys).toFixed(1)} bytes of evidence a key`,
    )
    expect(counted).toBeLessThanOrEqual(64)
  })
})

/** The n-th event of a key, as drawn for the laws, except where those would not spread over so many keys or items. */
function eventFor({ id, keyKind }: Detector, key: number, n: number, day: number) {
  const number = String(key % 10_000).padStart(4, '0')
  const subject = `91${140_105 + Math.floor(key / 10_000)}MA0K${number}XG`
  const arrives = (event: Arrival['event']) =>
    told({ day, hour: n % 24, delay: 0, event }, { receivedAt: START + 95 * DAY_MS })
  if (id === 'complaint-surge')
    return arrives({ type: 'complaint.filed', subject, data: { complainant: { key: `p1${n}` } } })
  if (id === 'frequent-representative-change' || id === 'triple-change') {
    const person = (key: string) => ({ name: '王**', key, strength: 'strong' })
    const change = { field: 'legalRepresentative', before: person('甲'), after: person('乙') }
    return arrives({ type: 'enterprise.changed', subject, data: { changes: [change] } })
  }
  if (id === 'penalty-unsettled') {
    const data = { decision: `${key}-${n}号`, due: formatDay(businessDay(START) + day + 15) }
    return arrives({ type: n % 2 === 0 ? 'penalty.imposed' : 'penalty.settled', subject, data })
  }
  if (keyKind === 'address') {
    const joined = { address: `a1${key}`, addressKind: 'ordinary' } as const
    return arrives({ type: 'enterprise.registered', subject, register: { joined } })
  }
  const drawn = drawnFor(id)
  return arrives({ ...(drawn[(key * 41 + n) % drawn.length] as Arrival['event']), subject })
}

const samples = new Map<string, Arrival['event'][]>()

function drawnFor(id: string): Arrival['event'][] {
  const events = GROWING[id]
  if (events === undefined) throw new Error(`test/detectors/streams.ts has no events for ${id}`)
  const known = samples.get(id) ?? fc.sample(events, { seed: 1, numRuns: 500 })
  samples.set(id, known)
  return known
}
