import { defineDetector } from '../../src/detect/contract.ts'
import { daily, type ExampleEvent } from '../../src/detect/example.ts'
import { poissonTail } from '../../src/detect/statistics/poisson.ts'

const WEEKS = 12

/** CMP-01 投诉举报激增: an enterprise draws far more complaints than it used to. */
export const complaintSurge = defineDetector({
  id: 'complaint-surge',
  code: 'CMP-01',
  version: 1,
  title: { zh: '投诉激增', en: 'Complaint surge' },
  why: {
    zh: '同一企业的投诉人数突然远高于其自身以往水平，常是停业、退费困难、质量事故的先兆；及早约谈可避免群体性投诉。',
    en: 'Complainants of one enterprise suddenly far above its own past often foretell closure, refused refunds or a bad product. An early interview prevents a mass complaint.',
  },
  falsePositives: [
    { zh: '职业索赔人集中投诉', en: 'Professional claimants filing in series' },
    { zh: '“3·15”、618、双十一等时段整体上升', en: 'Seasons that lift everybody: 15 March, 618, 11-11' },
  ],
  keyKind: 'enterprise',
  latenessDays: { 'complaint.filed': 3 },
  parameters: {
    complainants: {
      title: { zh: '最少投诉人数', en: 'Least complainants' },
      unit: 'complainants',
      default: 5,
      minimum: 2,
      maximum: 1_000,
      whole: true,
    },
    ratio: {
      title: { zh: '相对基线的最低倍数', en: 'Least multiple of the base' },
      unit: 'times',
      default: 3,
      minimum: 1,
      maximum: 100,
    },
    probability: {
      title: { zh: '偶然发生的概率上限', en: 'Chance under which it is no accident' },
      unit: 'probability',
      default: 0.001,
      minimum: 1e-9,
      maximum: 0.5,
    },
    leastBase: {
      title: { zh: '基线下限（件/周）', en: 'Least base' },
      unit: 'complaints a week',
      default: 0.5,
      minimum: 0.01,
      maximum: 100,
    },
  },
  windows: {
    recent: { days: 7, distinct: true },
    base: { days: 7 * WEEKS, before: 7 },
  },

  /** Without a complainant's key the complaint counts as one of its own. */
  keys(event) {
    if (event.subject === '') return []
    const complainant = event.data.complainant
    const key = typeof complainant === 'object' && complainant !== null && 'key' in complainant && complainant.key
    return [typeof key === 'string' ? { key: event.subject, member: key } : { key: event.subject }]
  },

  /**
   * n = distinct complainants of the current 7 days; mu = the larger of the least base and the mean week of the 84 days
   * before (weeks before the first complaint count as 0). Fires if n reaches the least number, n >= ratio * mu, and
   * P(Poisson(mu) >= n) < probability. The threshold is the smallest n that meets all three.
   */
  verdict({ windows }, { complainants, ratio, probability, leastBase }) {
    const observed = windows.recent.members
    const expected = Math.max(leastBase, windows.base.events / WEEKS)
    let threshold = Math.max(complainants, Math.ceil(ratio * expected))
    while (poissonTail(threshold, expected) >= probability) threshold++
    return {
      level: observed >= threshold ? 'orange' : null,
      observed,
      expected,
      threshold,
      probability: poissonTail(observed, expected),
      reason: 'above-own-past',
      window: 'recent',
    }
  },

  /** Complaints of the 13 weeks, the current one last. */
  series: (view) => view.series(7, WEEKS + 1),

  sentence({ observed, expected }, { windows }) {
    const weekly = windows.base.events / WEEKS
    const times = (observed / (expected ?? 1)).toFixed(1)
    if (weekly === 0)
      return {
        zh: `近7日收到${observed}名投诉人投诉，前12周无投诉`,
        en: `${observed} complainants in the last 7 days; none in the 12 weeks before`,
      }
    const floored = expected !== weekly
    return {
      zh: `近7日收到${observed}名投诉人投诉，为前12周周均${weekly.toFixed(1)}件${floored ? `（按${expected}件计）` : ''}的${times}倍`,
      en: `${observed} complainants in the last 7 days, ${times} times the ${weekly.toFixed(1)} complaints a week of the 12 weeks before${floored ? ` (taken as ${expected})` : ''}`,
    }
  },

  examples: {
    fire: [
      {
        name: 'a hotpot restaurant that never drew a complaint draws five in five days',
        given: complaints('2026-11-16', 5),
        expect: { level: 'orange', observed: 5, threshold: 5, says: '近7日收到5名投诉人投诉，前12周无投诉' },
      },
      {
        name: 'two a week for twelve weeks, then nine complainants on a day',
        given: [...weekly('2026-08-24', 12, 2), ...onOneDay('2026-11-16', 9)],
        expect: {
          level: 'orange',
          observed: 9,
          threshold: 9,
          says: '近7日收到9名投诉人投诉，为前12周周均2.0件的4.5倍',
        },
      },
      {
        name: 'an odd complaint long ago counts as half a one a week',
        given: [...complaints('2026-10-05', 1), ...complaints('2026-11-16', 6)],
        expect: {
          level: 'orange',
          observed: 6,
          threshold: 5,
          says: '近7日收到6名投诉人投诉，为前12周周均0.1件（按0.5件计）的12.0倍',
        },
      },
    ],
    quiet: [
      { name: 'four complaints are too few', given: complaints('2026-11-16', 4) },
      {
        name: 'one claimant who files nine times is one complainant',
        given: onOneDay('2026-11-16', 9).map((event) => ({ ...event, data: { complainant: { key: 'p1cafe' } } })),
      },
      {
        name: 'five complaints spread over nine days',
        given: [...complaints('2026-11-09', 2), ...complaints('2026-11-15', 3)],
      },
      {
        name: 'twelve in a week are usual for a platform with ten a week',
        given: [...history(weekly('2026-08-24', 12, 10)), ...onOneDay('2026-11-16', 12)],
      },
      {
        name: 'history loaded at the start',
        given: history(onOneDay('2026-11-16', 9)),
      },
    ],
  },
})

function complaint(): Omit<ExampleEvent, 'at'> {
  return { type: 'complaint.filed', industry: '6210' }
}

/** One complaint a day by people who gave no name. */
function complaints(from: string, days: number): ExampleEvent[] {
  return daily(from, days, complaint)
}

function onOneDay(at: string, count: number): ExampleEvent[] {
  return Array.from({ length: count }, () => ({ ...complaint(), at }))
}

/** The same number of complaints every seventh day. */
function weekly(from: string, weeks: number, count: number): ExampleEvent[] {
  return daily(from, weeks * 7, complaint)
    .filter((_, day) => day % 7 === 0)
    .flatMap(({ at }) => onOneDay(at, count))
}

/** The same events as history loaded at the start. */
function history(events: readonly ExampleEvent[]): ExampleEvent[] {
  return events.map((event) => ({ ...event, backfill: true }))
}
