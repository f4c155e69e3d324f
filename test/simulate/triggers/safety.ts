import { dayNumber } from './registration.ts'
import type { Seen, Trigger, View } from './view.ts'

const DRUGS = /^(2720|5151|5251)/

function latestLicences(view: View, code: string): Map<string, Seen> {
  const latest = new Map<string, Seen>()
  for (const seen of view.of(code, 'licence.granted', 'licence.renewed')) latest.set(seen.data.number ?? '', seen)
  return latest
}

const failed = (view: View, code: string) =>
  view.of(code, 'sampling.completed').filter(({ data }) => data.result === 'fail' && data.objection !== 'upheld')

export const safetyTriggers: Record<string, Trigger> = {
  'FOO-01': (view, { key }) => {
    const recent = view.recent(failed(view, key.key), 180)
    const hazards = recent.flatMap(({ data }) => (data.items ?? []).map(({ hazard }) => hazard))
    if (hazards.includes('prohibited') || hazards.includes('pathogen')) return 'red'
    if (recent.length >= 2) return 'orange'
    return recent.length === 1 ? 'yellow' : null
  },
  'FOO-02': (view, { key }) => {
    const leads = view.of(key.key, 'trade.violated').filter(({ data }) => data.issue === 'unlicensed')
    return leads.some(({ industry }) => industry.startsWith('62')) ? 'orange' : null
  },
  'FOO-03': (view, { key }) => {
    const canteen = [...latestLicences(view, key.key).values()].some(({ data }) => data.kind?.includes('食堂'))
    if (!canteen) return null
    const filed = view.recent(view.of(key.key, 'complaint.filed'), 7)
    if (filed.filter(({ data }) => data.injury === true).length >= 2) return 'red'
    if (filed.length >= 2) return 'orange'
    const camera = view.of(key.key, 'monitoring.offline', 'monitoring.restored').at(-1)
    if (camera?.type !== 'monitoring.offline') return null
    let schoolDays = 0
    for (let day = camera.day + 1; day < view.day; day++) if ((day + 3) % 7 < 5) schoolDays++
    return schoolDays >= 3 ? 'yellow' : null
  },
  'LIC-01': (view, { key }) => {
    const over = [...latestLicences(view, key.key).values()].filter(
      ({ data }) => dayNumber(data.validUntil ?? '2999-01-01') < view.day,
    )
    if (over.length === 0) return null
    const end = Math.min(...over.map(({ data }) => dayNumber(data.validUntil ?? '')))
    return view.of(key.key, 'complaint.filed').some(({ day }) => day > end) ? 'red' : 'yellow'
  },
  'DRU-01': (view, { key }) => {
    const done = new Set(view.of(key.key, 'recall.completed').map(({ data }) => data.product))
    const open = view.of(key.key, 'recall.announced').filter(({ data }) => !done.has(data.product))
    return open.some(({ day, industry }) => DRUGS.test(industry) && view.day > day + 30) ? 'orange' : null
  },
  'SPE-01': (view, { key, enterprises }) => {
    const own = view
      .of(enterprises[0] ?? '', 'equipment.inspected', 'equipment.stopped', 'equipment.scrapped')
      .filter(({ data }) => data.code === key.key)
    const last = own.at(-1)
    if (last?.type !== 'equipment.inspected') return null
    const over = view.day - dayNumber(last.data.nextDue ?? '')
    if (over > 30 || (over > 7 && last.data.public === true)) return 'red'
    return over > 0 ? 'orange' : null
  },
  'SPE-02': (view, { key }) => {
    const faults = view.recent(view.all('equipment.fault'), 30)
    const device = faults.filter(({ data }) => data.code === key.key)
    const maintainer = device[0]?.data.maintainer
    const maintained = faults.filter(({ data }) => maintainer !== undefined && data.maintainer === maintainer)
    return device.length >= 3 || maintained.length >= 5 ? 'orange' : null
  },
  'SPE-03': (view, { key }) => {
    const papers = [...latestLicences(view, key.key).values()].filter(({ data }) => data.kind === '特种设备作业人员证')
    return papers.some(({ data }) => dayNumber(data.validUntil ?? '') - view.day <= 30) ? 'yellow' : null
  },
  'PRO-01': (view, { key }) => {
    const own = failed(view, key.key).filter(({ data }) => data.role === 'producer' && data.category === '工业产品')
    return view.recent(own, 365).length >= 2 ? 'orange' : null
  },
  'ADV-01': (view, { key }) => {
    const recent = view.recent(view.of(key.key, 'advertisement.violated'), 30)
    if (recent.some(({ data }) => data.issue === 'medical-claim')) return 'orange'
    return recent.length >= 3 ? 'yellow' : null
  },
  'NET-01': (view, { key }) => (view.recent(view.of(key.key, 'trade.violated'), 30).length >= 5 ? 'yellow' : null),
  'IPR-01': (view, { key }) => (view.recent(view.of(key.key, 'trademark.filed'), 30).length >= 20 ? 'yellow' : null),
  'IPU-01': (view, { key }) => (view.recent(view.of(key.key, 'ip.pledged'), 90).length >= 3 ? 'yellow' : null),
}
