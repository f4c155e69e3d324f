import { dayNumber, isPrepaid, yearOfDay } from './registration.ts'
import type { Seen, Trigger, View } from './view.ts'

const utc = (year: number, month: number, date: number) => Date.UTC(year, month - 1, date) / 86_400_000

/** Reasons for which an enterprise is on the abnormal list now. */
function listed(view: View, code: string): string[] {
  const reasons = new Set<string>()
  for (const { type, data } of view.of(code, 'abnormal-list.entered', 'abnormal-list.left')) {
    if (type === 'abnormal-list.entered') reasons.add(data.reason ?? '')
    else reasons.delete(data.reason ?? '')
  }
  return [...reasons]
}

export const creditTriggers: Record<string, Trigger> = {
  'ANN-01': (view, { key }) => {
    const [first] = view.of(key.key, 'enterprise.registered')
    const year = yearOfDay(view.day)
    if (!isPrepaid(first?.industry ?? '') || view.day < utc(year, 5, 31) || view.day > utc(year, 6, 30)) return null
    const filed = view.of(key.key, 'annual-report.filed').some(({ data }) => data.year === year - 1)
    return filed ? null : 'blue'
  },
  'ANN-02': (view, { key }) => {
    const entered = view.of(key.key, 'abnormal-list.entered').filter(({ data }) => data.reason === 'no-annual-report')
    const years = new Set(entered.map(({ day }) => yearOfDay(day)))
    const running = [...years].some((year) => years.has(year - 1))
    const left = view.of(key.key, 'abnormal-list.left').length > 0
    const gone = view.of(key.key, 'inspection.completed').at(-1)?.data.result === 'unreachable'
    return running && !left && gone ? 'orange' : null
  },
  'ANN-03': (view, { key }) => {
    const [before, now] = view.of(key.key, 'annual-report.filed').slice(-2)
    if (before === undefined || now === undefined || now.data.year !== (before.data.year ?? 0) + 1) return null
    const jumped = (['assets', 'revenue'] as const).every((figure) => {
      const [a = 0, b = 0] = [before.data[figure], now.data[figure]]
      return a >= 1e6 && b >= 1e6 && (b >= 1.8 * a || b <= 0.2 * a)
    })
    return jumped ? 'yellow' : null
  },
  'ANN-04': (view, { key }) => {
    const taxes = view.of(key.key, 'tax.reported')
    const insured = view.of(key.key, 'insurance.reported')
    const busy = view.recent(view.of(key.key, 'enterprise.changed'), 180).length > 0
    const first = taxes[0]
    if (first === undefined || view.day - first.day < 180 || busy) return null
    const none = taxes.every(({ data }) => data.status === 'none') && insured.every(({ data }) => data.insured === 0)
    return none ? 'yellow' : null
  },
  'LST-01': (view, { key }) => (listed(view, key.key).length >= 2 ? 'orange' : null),
  'LST-02': (view, { key }) => {
    if (view.of(key.key, 'serious-violation-list.entered').length > 0) return 'red'
    const defaulted = view.of(key.key, 'judgment.defaulted').at(-1)
    if (defaulted === undefined) return null
    return isPrepaid(defaulted.industry) || /^(62|13|14|15|52)/.test(defaulted.industry) ? 'orange' : 'yellow'
  },
  'LST-03': (view, { key }) => {
    const owner = view.of(key.key, 'enterprise.registered')[0]?.data.legalRepresentative?.idNumber
    const sisters = view
      .all('enterprise.registered')
      .filter(({ subject, data }) => subject !== key.key && data.legalRepresentative?.idNumber === owner)
    const bad = sisters.filter(
      ({ subject }) => view.recent(view.of(subject, 'serious-violation-list.entered'), 30).length > 0,
    )
    return owner !== undefined && bad.length >= 2 ? 'orange' : null
  },
  'CLS-01': (view, { key }) => {
    const [entered] = view.of(key.key, 'serious-violation-list.entered')
    if (entered === undefined) return null
    const month = (day: number) => new Date(day * 86_400_000).toISOString().slice(0, 7)
    return month(view.day) > month(entered.day) ? 'red' : null
  },
  'PUN-01': (view, { key }) => {
    const annulled = new Set(view.of(key.key, 'penalty.annulled').map(({ data }) => data.decision))
    const imposed = view
      .recent(view.of(key.key, 'penalty.imposed'), 365)
      .filter(({ data }) => !annulled.has(data.decision))
    const measures = imposed.flatMap(({ data }) => data.measures ?? [])
    if (measures.includes('revocation')) return 'red'
    const heavy = imposed.some(({ data }) => (data.fine ?? 0) >= 500_000)
    return imposed.length >= 3 || heavy || measures.includes('suspension') ? 'orange' : null
  },
  'PUN-02': (view, { key }) => {
    const settled = new Set(view.of(key.key, 'penalty.settled').map(({ data }) => data.decision))
    const due = view.of(key.key, 'penalty.imposed').filter(({ data }) => !settled.has(data.decision))
    return due.some(({ data }) => view.day > dayNumber(data.due ?? '2999-01-01') + 30) ? 'yellow' : null
  },
  'INS-01': (view, { key }) => {
    const inspections = view.of(key.key, 'inspection.completed')
    const done = new Set(view.of(key.key, 'inspection.rectified').map(({ data }) => data.plan))
    const bad = (seen: Seen) => ['failed', 'fraudulent', 'uncooperative'].includes(seen.data.result ?? '')
    const overdue = inspections.some(
      ({ data }) => data.rectifyBy !== undefined && view.day > dayNumber(data.rectifyBy) && !done.has(data.plan),
    )
    return overdue || inspections.slice(-3).filter(bad).length >= 2 ? 'orange' : null
  },
  'INS-02': (view, { key }) => {
    const gone = view.of(key.key, 'inspection.completed').filter(({ data }) => data.result === 'unreachable')
    const mails = view.of(key.key, 'contact.failed').filter(({ data }) => data.channel === 'mail').length
    if (gone.length === 0 && mails < 2) return null
    const complained = view.recent(view.of(key.key, 'complaint.filed'), 90).length > 0
    return complained || isPrepaid(gone[0]?.industry ?? '') ? 'orange' : 'yellow'
  },
}
