import { describe, expect, it } from 'vitest'
import { detectors } from '../../detectors/index.ts'
import { businessDay, DAY_MS, formatDay } from '../../src/model/time.ts'
import { shardOf, TestLog, type Told } from '../detect/log.ts'
import { START, told } from './streams.ts'

const KEYS = 40_000

/** Most keys see one event in three months, some a few, one in a hundred many; like complaints and addresses do. */
function eventsOf(key: number): number {
  if (key % 100 === 0) return 40
  return key % 10 === 0 ? 5 : key % 3 === 0 ? 2 : 1
}

describe.each(detectors)('state of $code $id', (detector) => {
  it('takes at most 64 bytes a key and window, evidence positions apart', () => {
    const log = new TestLog()
    let batch: Told[] = []
    let contributions = 0
    for (let key = 0; key < KEYS; key++) {
      for (let n = 0; n < eventsOf(key); n++) {
        const day = (key * 7 + n * 13) % 94
        batch.push(eventFor(detector.id, key, n, day))
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
    const windows = Object.keys(detector.windows).length + (detector.stock ? 1 : 0) + items
    const counted = (state.bytes - state.evidenceBytes) / state.keys / windows
    console.log(
      `${detector.id}: ${state.keys} keys, ${contributions} events, ${counted.toFixed(1)} bytes a key and window, ` +
        `${(state.evidenceBytes / state.keys).toFixed(1)} bytes of evidence a key`,
    )
    expect(counted).toBeLessThanOrEqual(64)
  })
})

function eventFor(id: string, key: number, n: number, day: number) {
  const number = String(key % 10_000).padStart(4, '0')
  const receivedAt = START + 95 * DAY_MS
  const subject = `91${140_105 + Math.floor(key / 10_000)}MA0K${number}XG`
  if (id === 'complaint-surge')
    return told(
      {
        day,
        hour: n % 24,
        delay: 0,
        event: { type: 'complaint.filed', subject, data: { complainant: { key: `p1${n}` } } },
      },
      { receivedAt },
    )
  const hour = n % 24
  if (id === 'frequent-representative-change' || id === 'triple-change') {
    const person = (key: string) => ({ name: '王**', key, strength: 'strong' })
    const change = { field: 'legalRepresentative', before: person('甲'), after: person('乙') }
    const event = { type: 'enterprise.changed', subject, data: { changes: [change] } }
    return told({ day, hour, delay: 0, event }, { receivedAt })
  }
  if (id === 'penalty-unsettled') {
    const data = { decision: `${key}-${n}号`, due: formatDay(businessDay(START) + day + 15) }
    const type = n % 2 === 0 ? 'penalty.imposed' : 'penalty.settled'
    return told({ day, hour, delay: 0, event: { type, subject, data } }, { receivedAt })
  }
  const joined = { address: `a1${key}`, addressKind: 'ordinary' } as const
  const event = { type: 'enterprise.registered', subject, register: { joined } }
  return told({ day, hour, delay: 0, event }, { receivedAt })
}
