import { defineDetector } from '../../src/detect/contract.ts'
import type { ExampleEvent } from '../../src/detect/example.ts'
import { changesAddress, changesRepresentative, shareMoved } from '../../src/model/changes.ts'

/** Shares are counted in basis points: whole numbers, so that no order of arrival rounds them differently. */
const WHOLE_SHARE = 10_000

/** CHG-04 “三变”同时: representative, shareholders and address all change within a week. */
export const tripleChange = defineDetector({
  id: 'triple-change',
  code: 'CHG-04',
  version: 1,
  title: { zh: '“三变”同时', en: 'Triple change' },
  why: {
    zh: '法定代表人、股东、住所在数日内全部更换，等于整体易手，常是转让空壳、跑路前脱身；应到新住所核查并约谈新旧当事人。',
    en: 'Representative, shareholders and address all replaced within days mean that the enterprise changed hands: a shell that is sold, or owners who get away before the trouble. Visit the new address and hear both sides.',
  },
  falsePositives: [
    { zh: '正常并购、整体转让并迁址经营', en: 'A regular takeover that moves the business' },
    { zh: '家庭内部继承、分产', en: 'Inheritance or division within a family' },
  ],
  keyKind: 'enterprise',
  latenessDays: { 'enterprise.changed': 7 },
  parameters: {
    share: {
      title: { zh: '7日内转移的股权比例', en: 'Share moved within 7 days' },
      unit: 'ratio',
      default: 0.67,
      minimum: 0.01,
      maximum: 1,
    },
  },
  windows: {
    week: { days: 7 },
    representative: { days: 7, sums: 'representative' },
    shares: { days: 7, sums: 'shares' },
    address: { days: 7, sums: 'address' },
  },

  keys(event) {
    const amounts: Record<string, number> = {}
    if (changesRepresentative(event)) amounts.representative = 1
    if (changesAddress(event)) amounts.address = 1
    const shares = Math.round(shareMoved(event) * WHOLE_SHARE)
    if (shares > 0) amounts.shares = shares
    return event.subject === '' || Object.keys(amounts).length === 0 ? [] : [{ key: event.subject, amounts }]
  },

  /** Observed is how many of the three have changed; transfers within the week add up. */
  verdict({ windows }, { share }) {
    const changed = [
      windows.representative.sum > 0,
      windows.shares.sum >= Math.round(share * WHOLE_SHARE),
      windows.address.sum > 0,
    ]
    const observed = changed.filter(Boolean).length
    return {
      level: observed === 3 ? 'orange' : null,
      observed,
      expected: null,
      threshold: 3,
      probability: null,
      reason: 'all-three',
      window: 'week',
    }
  },

  /** Such changes of each of the seven days. */
  series: (view) => view.series(1, 7),

  sentence({ observed }, { windows }, { share }) {
    const moved = percent(windows.shares.sum / WHOLE_SHARE)
    return {
      zh: `近7日法定代表人、股东、住所三项中有${observed}项变更，股权转移${moved}（阈值${percent(share)}）`,
      en: `${observed} of representative, shareholders and address changed within 7 days; ${moved} of the shares moved (threshold ${percent(share)})`,
    }
  },

  examples: {
    fire: [
      {
        name: 'all three in one application',
        given: [changed('2026-11-16', representative(), shareholders(1), address())],
        expect: {
          level: 'orange',
          observed: 3,
          threshold: 3,
          says: '近7日法定代表人、股东、住所三项中有3项变更，股权转移100%（阈值67%）',
        },
      },
      {
        name: 'one after the other within a week, the shares in two halves',
        given: [
          changed('2026-11-16', shareholders(0.3)),
          changed('2026-11-18', representative()),
          changed('2026-11-20', shareholders(0.37)),
          changed('2026-11-22', address()),
        ],
        expect: {
          level: 'orange',
          observed: 3,
          threshold: 3,
          says: '近7日法定代表人、股东、住所三项中有3项变更，股权转移67%（阈值67%）',
        },
      },
    ],
    quiet: [
      {
        name: 'all three, on the first and the eighth day',
        given: [changed('2026-11-16', representative(), shareholders(1)), changed('2026-11-23', address())],
      },
      {
        name: 'half of the shares only',
        given: [changed('2026-11-16', representative(), shareholders(0.5), address())],
      },
      {
        name: 'the same address written otherwise',
        given: [
          changed('2026-11-16', representative(), shareholders(1), {
            field: 'address',
            before: '长治路105号',
            after: '太原市小店区长治路一百零五号',
          }),
        ],
      },
      { name: 'two of the three', given: [changed('2026-11-16', shareholders(1), address())] },
    ],
  },
})

function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))}%`
}

type Change = Readonly<Record<string, unknown>>

function changed(at: string, ...changes: readonly Change[]): ExampleEvent {
  return { type: 'enterprise.changed', at, data: { changes } }
}

function person(key: string): Change {
  return { name: '王**', key, strength: 'strong' }
}

function representative(): Change {
  return { field: 'legalRepresentative', before: person('甲'), after: person('乙') }
}

function address(): Change {
  return { field: 'address', before: '长治路105号', after: '学府街8号3层' }
}

/** So much of the shares goes from one to another. */
function shareholders(moved: number): Change {
  const before = [{ holder: person('甲'), ratio: 1 }]
  const after = [
    { holder: person('甲'), ratio: 1 - moved },
    { holder: person('丙'), ratio: moved },
  ]
  return { field: 'shareholders', before, after }
}
