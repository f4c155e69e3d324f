import type { Random } from '../../src/simulate/random.ts'
import { creditCode, type SentEvent } from '../support/world.ts'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
/** Few enough that keys trip, many enough that all partitions are touched. */
const ENTERPRISES = 400
const ADDRESSES = 120
const PHONES = 3_000

/** Events of one source, numbered from 1 without a gap: what must be in the log in the end is a number. */
export interface Source {
  readonly name: string
  /** Highest number given. */
  readonly made: number
  make(count: number): SentEvent[]
}

/**
 * A small town in which much goes wrong: complaints that crowd on few enterprises, registrations that crowd at few
 * addresses, changes of address away from them; some late, some from long ago, some history.
 */
export function createSource(
  name: string,
  random: Random,
  options: { backfill?: boolean; now?: () => number } = {},
): Source {
  const { backfill = false, now = Date.now } = options
  let made = 0

  function one(): SentEvent {
    made += 1
    const id = String(made)
    const time = new Date(now() - backBy(random, backfill) + 8 * 3_600_000).toISOString().replace('Z', '+08:00')
    const shared = {
      specversion: '1.0',
      id,
      source: name,
      time,
      region: '140105',
      ...(backfill && { backfill }),
    } as const
    // Squared, so that few draw most.
    const subject = creditCode(1 + Math.floor(random.next() ** 2 * ENTERPRISES))
    const kind = random.next()
    if (kind < 0.7) {
      const phone = `138${String(random.between(0, PHONES)).padStart(8, '0')}`
      const data = { number: `${name}-${id}`, issue: 'refund-refused', complainant: { name: '张三丰', phone } }
      return { ...shared, type: 'complaint.filed', subject, data }
    }
    if (kind < 0.9) {
      const data = {
        name: `第${id}号火锅店`,
        kind: '1130',
        capital: 100_000,
        address: address(random),
        legalRepresentative: { name: '李四光', idNumber: '140105198001010013' },
        phone: '13900001111',
      }
      return { ...shared, type: 'enterprise.registered', subject: creditCode(1_000 + random.between(0, 2_000)), data }
    }
    const changes = [{ field: 'address', before: address(random), after: address(random) }]
    return {
      ...shared,
      type: 'enterprise.changed',
      subject: creditCode(1_000 + random.between(0, 2_000)),
      data: { changes },
    }
  }

  return {
    name,
    get made() {
      return made
    },
    make: (count) => Array.from({ length: count }, one),
  }
}

/** How long ago it happened: mostly just now, some within the lateness of their type, some far beyond it. */
function backBy(random: Random, backfill: boolean): number {
  if (backfill) return random.between(DAY_MS, 200 * DAY_MS)
  const kind = random.next()
  if (kind < 0.7) return random.between(0, 10 * MINUTE_MS)
  if (kind < 0.95) return random.between(0, 3 * DAY_MS)
  return random.between(0, 90 * DAY_MS)
}

function address(random: Random): string {
  return `太原市小店区长治路${Math.floor(random.next() ** 2 * ADDRESSES) + 1}号`
}
