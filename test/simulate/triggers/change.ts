import { addressKey } from '../../../src/model/address.ts'
import { dayNumber, isPrepaid, yearOfDay } from './registration.ts'
import type { Seen, Trigger, View } from './view.ts'

interface Changed {
  readonly day: number
  readonly subject: string
  readonly region: string
  readonly before: never
  readonly after: never
}

export function changes(seen: readonly Seen[], field: string): Changed[] {
  return seen.flatMap(({ day, subject, region, data }) =>
    (data.changes ?? [])
      .filter((change) => change.field === field && JSON.stringify(change.before) !== JSON.stringify(change.after))
      .map(({ before, after }) => ({ day, subject, region, before, after })),
  )
}

const within = (view: View, changed: readonly { day: number }[], days: number) =>
  changed.filter(({ day }) => day > view.day - days).length

export function openComplaints(view: View, code: string): number {
  const closed = new Set(view.of(code, 'complaint.closed').map(({ data }) => data.number))
  return view.of(code, 'complaint.filed').filter(({ data }) => !closed.has(data.number)).length
}

type Shares = { holder: { idNumber?: string } | string; ratio: number }[]
const holds = (shares: Shares, who: string) =>
  shares
    .filter(({ holder }) => (typeof holder === 'string' ? holder : holder.idNumber) === who)
    .reduce((sum, { ratio }) => sum + ratio, 0)

function shareMoved(before: Shares, after: Shares): number {
  const holders = [...before, ...after].map(({ holder }) =>
    typeof holder === 'string' ? holder : (holder.idNumber ?? ''),
  )
  const moved = [...new Set(holders)].map((who) => Math.abs(holds(before, who) - holds(after, who)))
  return moved.reduce((sum, each) => sum + each, 0) / 2
}

export const changeTriggers: Record<string, Trigger> = {
  'CHG-01': (view, { key }) => {
    const changed = changes(view.of(key.key, 'enterprise.changed'), 'legalRepresentative')
    if (within(view, changed, 365) >= 3) return 'orange'
    return within(view, changed, 180) >= 2 ? 'yellow' : null
  },
  'CHG-02': (view, { key }) => {
    const moved = changes(view.of(key.key, 'enterprise.changed'), 'address').filter(
      ({ region, before, after }) => addressKey(region, before) !== addressKey(region, after),
    )
    return within(view, moved, 180) >= 2 ? 'yellow' : null
  },
  'CHG-03': (view, { key }) => {
    const changed = view.recent(view.of(key.key, 'enterprise.changed'), 180)
    const scopes = changes(changed, 'scope') as { before: string; after: string }[]
    const licensed = scopes.some(({ before, after }) => after.includes('许可项目') && !before.includes('许可项目'))
    return licensed || scopes.length >= 3 ? 'yellow' : null
  },
  'CHG-04': (view, { key }) => {
    const recent = view.recent(view.of(key.key, 'enterprise.changed'), 7)
    const shares = changes(recent, 'shareholders').some(({ before, after }) => shareMoved(before, after) >= 0.67)
    const moved = changes(recent, 'address').length > 0
    return shares && moved && changes(recent, 'legalRepresentative').length > 0 ? 'orange' : null
  },
  'CHG-05': (view, { key }) => {
    const recent = changes(view.recent(view.of(key.key, 'enterprise.changed'), 30), 'legalRepresentative')
    const old = recent.some(({ day, after }) => {
      const born = Number((after as { idNumber?: string }).idNumber?.slice(6, 10))
      return yearOfDay(day) - born >= 65
    })
    const filed = view.recent(view.of(key.key, 'complaint.filed'), 30)
    const refunds = filed.filter(({ data }) => data.issue === 'refund' || data.issue === 'closure')
    return old && refunds.length >= 3 && isPrepaid(refunds[0]?.industry ?? '') ? 'red' : null
  },
  'CHG-06': (view, { key }) => {
    const [first] = view.of(key.key, 'enterprise.registered')
    const announced = view.recent(view.of(key.key, 'capital-reduction.announced'), 45).at(-1)
    if (announced === undefined) return null
    const halved = (announced.data.capital ?? 0) < 0.5 * (first?.data.capital ?? 0)
    return halved && openComplaints(view, key.key) > 0 ? 'orange' : null
  },
  'CHG-07': (view, { key }) => {
    const led = changes(view.of(key.key, 'enterprise.changed'), 'legalRepresentative')
    const frozen = view.of(key.key, 'equity.frozen', 'equity.pledged').filter(({ data }) => (data.ratio ?? 0) >= 0.5)
    return frozen.some(({ day }) => led.some((change) => day >= change.day && day - change.day < 30)) ? 'yellow' : null
  },
  'CHG-08': (view, { key }) => {
    const whole = changes(view.of(key.key, 'enterprise.changed'), 'shareholders') as { after: Shares }[]
    const taker = whole.at(-1)?.after.find(({ ratio }) => ratio === 1)?.holder
    const id = typeof taker === 'string' ? taker : taker?.idNumber
    const own = view.all('enterprise.registered').filter(({ data }) => data.legalRepresentative?.idNumber === id)
    const listed = own.filter(({ subject }) => view.of(subject, 'abnormal-list.entered').length > 0)
    return whole.length > 0 && listed.length >= 3 ? 'orange' : null
  },
  'CHG-09': (view, { key }) => {
    const led = changes(view.recent(view.all('enterprise.changed'), 90), 'legalRepresentative')
    const taken = led.filter(({ after }) => (after as { idNumber?: string }).idNumber === key.key)
    return new Set(taken.map(({ subject }) => subject)).size >= 3 ? 'red' : null
  },
  'EXT-01': (view, { key }) => {
    const announced = view
      .of(key.key, 'enterprise.deregistration-announced')
      .some(({ data }) => data.kind === 'simple' && dayNumber(data.until ?? '') >= view.day)
    return announced && openComplaints(view, key.key) > 0 ? 'orange' : null
  },
  'EXT-02': (view, { key }) => {
    const own = view.all('enterprise.registered').filter(({ data }) => data.legalRepresentative?.idNumber === key.key)
    const left = own.filter(({ subject }) => view.recent(view.of(subject, 'enterprise.deregistered'), 30).length > 0)
    return left.length >= 5 ? 'yellow' : null
  },
}
