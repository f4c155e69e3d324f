import { addressKey } from '../../../src/model/address.ts'
import { INDUSTRIES } from '../../../src/simulate/industries.ts'
import type { Seen, Trigger, View } from './view.ts'

const registered = (view: View) => view.all('enterprise.registered')
const distinct = (seen: readonly Seen[]) => new Set(seen.map(({ subject }) => subject)).size
const DAY_MS = 86_400_000
export const dayNumber = (text: string) => Date.parse(`${text}T00:00:00Z`) / DAY_MS
export const yearOfDay = (day: number) => new Date(day * DAY_MS).getUTCFullYear()

export function isPrepaid(industry: string): boolean {
  return /^(8040|839[123]|8930|8111)/.test(industry)
}

export const registrationTriggers: Record<string, Trigger> = {
  'REG-01': (view, { key }) => {
    const here = registered(view).filter(
      ({ region, data }) =>
        data.addressKind !== 'cluster' &&
        data.addressKind !== 'park' &&
        addressKey(region, data.address ?? '') === key.key,
    )
    const fresh = distinct(view.recent(here, 30))
    if (fresh >= 20 || distinct(here) >= 20) return 'red'
    return fresh >= 5 || distinct(here) >= 10 ? 'orange' : null
  },
  'REG-02': (view, { key }) => {
    const own = registered(view).filter(({ data }) => data.legalRepresentative?.idNumber === key.key)
    return distinct(view.recent(own, 90)) >= 5 || distinct(own) >= 10 ? 'orange' : null
  },
  'REG-03': (view, { key }) => {
    const own = registered(view).filter(({ data }) => data.phone === key.key && data.agent === undefined)
    return distinct(view.recent(own, 90)) >= 8 ? 'yellow' : null
  },
  'REG-04': (view, { key }) => {
    const days = registered(view)
      .filter(({ data }) => data.agent?.key === key.key)
      .map(({ day }) => day)
    const week = (ago: number) =>
      days.filter((day) => day > view.day - 7 * (ago + 1) && day <= view.day - 7 * ago).length
    const before = Array.from({ length: 12 }, (_, ago) => week(ago + 1))
    const mean = before.reduce((sum, count) => sum + count, 0) / 12
    const sd = Math.sqrt(before.reduce((sum, count) => sum + (count - mean) ** 2, 0) / 11)
    return week(0) >= 30 && week(0) > mean + 4 * sd ? 'orange' : null
  },
  'REG-05': (view, { region }) => {
    const recent = view.recent(registered(view), 7).filter((seen) => seen.region === region)
    const agents = new Map<string, string[]>()
    for (const { data, industry } of recent) {
      const agent = data.agent?.key
      if (agent === undefined) continue
      const trade = INDUSTRIES.find(({ code }) => code === industry)?.trade ?? ''
      const brand = (data.name ?? '')
        .replace(/^.{2}市/, '')
        .replace(/有限公司$/, '')
        .replace(trade, '')
      agents.set(agent, [...(agents.get(agent) ?? []), brand])
    }
    const similar = (a: string, b: string) =>
      [...a].filter((character, at) => character === b[at]).length / Math.max(a.length, b.length) >= 0.8
    const most = Math.max(
      0,
      ...[...agents.values()].map((brands) => brands.filter((brand) => similar(brand, brands[0] as string)).length),
    )
    return most >= 10 ? 'yellow' : null
  },
  'REG-06': (view, { key }) => {
    const [first] = view.of(key.key, 'enterprise.registered')
    const born = Number(first?.data.legalRepresentative?.idNumber?.slice(6, 10))
    if (first === undefined || Number.isNaN(born)) return null
    const age = yearOfDay(first.day) - born
    if (age >= 70 && isPrepaid(first.industry)) return 'orange'
    return age < 18 || age >= 75 ? 'yellow' : null
  },
  'REG-07': (view, { key }) => {
    const [first] = view.of(key.key, 'enterprise.registered')
    const insured = view.of(key.key, 'insurance.reported').at(-1)?.data.insured
    const taxes = view.of(key.key, 'tax.reported')
    if (first === undefined || view.day - first.day < 90 || taxes.length === 0) return null
    const { capital = 0, paidIn, kind } = first.data
    const empty = insured === 0 && taxes.every(({ data }) => data.status === 'none')
    return capital >= 5e7 && paidIn === 0 && kind === '1151' && empty ? 'yellow' : null
  },
  'REG-08': (view, { key }) => {
    const [first] = view.of(key.key, 'enterprise.registered')
    if (first === undefined) return null
    if ((first.data.capital ?? 0) >= 1e9 && first.data.kind === '1130') return 'orange'
    const due = dayNumber(first.data.contributionDue ?? '1970-01-01')
    return due - first.day > 5 * 365.25 ? 'yellow' : null
  },
  'REG-09': (view, { key }) => {
    const [first] = view.of(key.key, 'enterprise.registered')
    const who = first?.data.legalRepresentative?.idNumber
    const barred = view
      .all('restriction.imposed')
      .some(({ data }) => data.person?.idNumber === who && dayNumber(data.until ?? '') >= (first?.day ?? 0))
    return first !== undefined && barred ? 'red' : null
  },
  'REG-10': (view, { key }) => {
    const [first] = view.of(key.key, 'enterprise.registered')
    if (first === undefined) return null
    const held = (first.data.shareholders ?? []).some(({ holder }) => typeof holder === 'string')
    return (first.data.stateOwned === true && !held) || /^中国/.test(first.data.name ?? '') ? 'orange' : null
  },
  'REG-11': (view, { key }) => {
    const [region, division = ''] = key.key.split(' ')
    const days = registered(view)
      .filter((seen) => seen.region === region && seen.industry.startsWith(division))
      .map(({ day }) => day)
    const today = days.filter((day) => day === view.day).length
    const mean = days.filter((day) => day < view.day && day >= view.day - 60).length / 60
    const z = (today - mean) / Math.sqrt(Math.max(mean, 1))
    return today >= 20 && today >= 2 * mean && z >= 3 ? 'yellow' : null
  },
  'REG-12': (view, { key }) => {
    const clients = new Set(
      registered(view)
        .filter(({ data }) => data.agent?.key === key.key)
        .map(({ subject }) => subject),
    )
    const applied = view.all('registration.cancellation-applied').some(({ subject }) => clients.has(subject))
    return applied && clients.size > 1 ? 'orange' : null
  },
}
