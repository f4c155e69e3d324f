import { poissonAtLeast } from '../readings.ts'
import { changes } from './change.ts'
import { isPrepaid } from './registration.ts'
import type { Seen, Trigger, View } from './view.ts'

/** A complaint without complainant counts as its own. */
const who = ({ data, id }: Seen) =>
  data.complainant?.idNumber ?? data.complainant?.phone ?? data.complainant?.name ?? id
const people = (seen: readonly Seen[]) => new Set(seen.map(who)).size

function weekAndBase(view: View, complaints: readonly Seen[]): { n: number; mu: number } {
  const before = complaints.filter(({ day }) => day > view.day - 91 && day <= view.day - 7).length
  return { n: people(view.recent(complaints, 7)), mu: Math.max(0.5, before / 12) }
}

function sameIssue(view: View, code: string, wanted?: string): { n: number; mu: number } {
  const filed = view.of(code, 'complaint.filed')
  const issues = wanted === undefined ? [...new Set(filed.map(({ data }) => data.issue))] : [wanted]
  const counted = issues.map((issue) =>
    weekAndBase(
      view,
      filed.filter(({ data }) => data.issue === issue),
    ),
  )
  return counted.reduce((most, each) => (each.n > most.n ? each : most), { n: 0, mu: 0.5 })
}

export const complaintTriggers: Record<string, Trigger> = {
  'CMP-01': (view, { key }) => {
    const { n, mu } = weekAndBase(view, view.of(key.key, 'complaint.filed'))
    return n >= 5 && n >= 3 * mu && poissonAtLeast(n, mu) < 0.001 ? 'orange' : null
  },
  'CMP-02': (view, { key }) => {
    const { n, mu } = sameIssue(view, key.key)
    return n >= 10 && n >= 2 * mu && poissonAtLeast(n, mu) < 0.001 ? 'orange' : null
  },
  // One complainant of many shops weighs less in the statistics of others; nobody is warned of anybody.
  'CMP-03': () => null,
  'CMP-04': (view, { key }) => {
    const closed = view.recent(view.of(key.key, 'complaint.closed'), 90)
    const share = (outcome: string) => closed.filter(({ data }) => data.outcome === outcome).length / closed.length
    return closed.length >= 10 && (share('settled') < 0.3 || share('refused') >= 0.5) ? 'yellow' : null
  },
  'CMP-05': (view, { key }) => {
    const filed = view.recent(view.of(key.key, 'complaint.filed'), 15)
    const amount = filed.reduce((sum, { data }) => sum + (data.amount ?? 0), 0)
    return people(filed) >= 20 || amount >= 1e6 ? 'red' : null
  },
  'CMP-06': (view, { key }) => {
    const hurt = view.of(key.key, 'complaint.filed').filter(({ data }) => data.injury === true)
    return people(hurt.filter(({ time }) => time > view.at - 72 * 3_600_000)) >= 3 ? 'red' : null
  },
  'CMP-07': (view, { key }) => {
    const filed = view.recent(view.of(key.key, 'complaint.filed'), 30).length
    const failed = view.recent(view.of(key.key, 'contact.failed'), 30).map(({ data }) => data.channel)
    return filed >= 3 && failed.includes('phone') && failed.includes('mail') ? 'orange' : null
  },
  'PRE-01': (view, { key }) => {
    const filed = view.recent(view.of(key.key, 'complaint.filed'), 7)
    const refunds = filed.filter(({ data }) => data.issue === 'refund' || data.issue === 'closure')
    const changed = view.recent(view.of(key.key, 'enterprise.changed'), 30)
    const led = changes(changed, 'legalRepresentative').length + changes(changed, 'shareholders').length > 0
    const insured = view.recent(view.of(key.key, 'insurance.reported'), 30).map(({ data }) => data.insured ?? 0)
    const fell = insured.length > 1 && (insured[0] ?? 0) >= 5 && (insured.at(-1) ?? 0) <= 0.5 * (insured[0] ?? 0)
    const prepaid = isPrepaid(filed[0]?.industry ?? '')
    return prepaid && refunds.length >= 3 && (led || fell) ? 'red' : null
  },
  'PRI-01': (view, { key, region }) => {
    if (key.kind === 'enterprise') return sameIssue(view, key.key, 'price').n >= 5 ? 'orange' : null
    const item = key.key.split(' ')[1]
    const told = view.all('price.reported').filter(({ data }) => data.item === item)
    const last = told.filter((seen) => seen.region === region).at(-1)
    if (last === undefined) return null
    const mean = (seen: readonly Seen[]) => seen.reduce((sum, { data }) => sum + (data.price ?? 0), 0) / seen.length
    const years = [1, 2, 3].flatMap((year) =>
      told.filter((seen) => seen.region === region && Math.abs(seen.day - last.day + 365 * year) < 15),
    )
    const near = view.recent(told, 7).filter((seen) => seen.region !== region)
    if (years.length < 3 || near.length === 0) return null
    const price = last.data.price ?? 0
    return price >= 1.3 * mean(years) && price >= 1.3 * mean(near) ? 'orange' : null
  },
  'PRC-02': (view, { key }) => (sameIssue(view, key.key, 'price-fraud').n >= 5 ? 'orange' : null),
  'ATM-01': (view, { key }) => {
    const utility = view.of(key.key, 'complaint.filed').some(({ industry }) => /^4[456]/.test(industry))
    return utility && sameIssue(view, key.key).n >= 10 ? 'orange' : null
  },
  'ARE-01': (view, { key }) => {
    const [region, division = ''] = key.key.split(' ')
    const all = view.all('complaint.filed').filter(({ industry }) => industry.startsWith(division))
    const here = all.filter((seen) => seen.region === region)
    const others = all.filter((seen) => seen.region !== region)
    const base = (seen: readonly Seen[]) =>
      seen.filter(({ day }) => day > view.day - 91 && day <= view.day - 7).length / 12
    const now = view.recent(here, 7)
    const shock = Math.max(1, (view.recent(others, 7).length + 1) / (base(others) + 1))
    const expected = Math.max(0.5, base(here)) * shock
    const enterprises = new Set(now.map(({ subject }) => subject)).size
    const hot = now.length - expected >= 10 && now.length >= 1.5 * expected && enterprises >= 5
    return hot ? 'orange' : null
  },
}
