import { defineDetector } from '../../src/detect/contract.ts'
import { daily, type ExampleEvent } from '../../src/detect/example.ts'

/** NET-01 网络交易违规: monitoring of online trade keeps finding fault with one enterprise. */
export const onlineTradeViolations = defineDetector({
  id: 'online-trade-violations',
  code: 'NET-01',
  version: 1,
  title: { zh: '网络交易违规集中', en: 'Online trade violations' },
  why: {
    zh: '网络交易监测在短期内反复发现同一经营者的违规线索，说明不是偶然疏漏；及早提醒改正，可避免消费者受损和立案处罚。',
    en: 'When monitoring of online trade finds fault with the same trader again and again, it is no oversight. A reminder in time keeps consumers from harm and the trader from a case.',
  },
  falsePositives: [
    { zh: '监测平台对同一页面重复推送', en: 'The monitoring platform reports the same page several times' },
    { zh: '平台规则调整后大量店铺同时被提示', en: 'A new rule of a platform that catches many shops at once' },
  ],
  keyKind: 'enterprise',
  latenessDays: { 'trade.violated': 7 },
  parameters: {
    leads: {
      title: { zh: '30日内监测线索数', en: 'Leads of monitoring within 30 days' },
      unit: 'leads',
      default: 5,
      minimum: 1,
      maximum: 1_000,
      whole: true,
    },
  },
  windows: { recent: { days: 30 } },

  /**
   * The row speaks at a delisting, too: no event of the catalogue tells of one, so it is not judged here. A lead that
   * names no enterprise counts for nobody until it is attributed.
   */
  keys: ({ subject }) => (subject === '' ? [] : [{ key: subject }]),

  verdict({ windows }, { leads }) {
    const observed = windows.recent.events
    return {
      level: observed >= leads ? 'yellow' : null,
      observed,
      expected: null,
      threshold: leads,
      probability: null,
      reason: 'leads',
      window: 'recent',
    }
  },

  /** Leads of the last six stretches of five days. */
  series: (view) => view.series(5, 6),

  sentence({ observed, threshold }) {
    return {
      zh: `近30日网络交易监测发现违规线索${observed}条（阈值${threshold}条）`,
      en: `${observed} ${observed === 1 ? 'lead' : 'leads'} of online trade monitoring within 30 days (threshold ${threshold})`,
    }
  },

  examples: {
    fire: [
      {
        name: 'a shop that shows no licence on five days',
        given: daily('2026-11-16', 5, lead),
        expect: {
          level: 'yellow',
          observed: 5,
          threshold: 5,
          says: '近30日网络交易监测发现违规线索5条（阈值5条）',
        },
      },
      {
        name: 'the first and the fifth on the two ends of 30 days',
        given: [...daily('2026-11-02', 4, lead), { ...lead(), at: '2026-12-01' }],
        expect: {
          level: 'yellow',
          observed: 5,
          threshold: 5,
          says: '近30日网络交易监测发现违规线索5条（阈值5条）',
        },
      },
    ],
    quiet: [
      { name: 'four leads are too few', given: daily('2026-11-16', 4, lead) },
      {
        name: 'the first of five is one day too old',
        given: [...daily('2026-11-01', 4, lead), { ...lead(), at: '2026-12-01' }],
      },
      {
        name: 'leads that name no enterprise',
        given: daily('2026-11-16', 9, () => ({ ...lead(), subject: '' })),
      },
    ],
  },
})

function lead(): Omit<ExampleEvent, 'at'> {
  return { type: 'trade.violated', data: { issue: 'no-information', platform: '某电商平台' } }
}
