import { defineDetector } from '../../src/detect/contract.ts'
import type { ExampleEvent } from '../../src/detect/example.ts'
import { changesRepresentative } from '../../src/model/changes.ts'

/** CHG-01 频繁变更法代: an enterprise changes its legal representative again and again. */
export const frequentRepresentativeChange = defineDetector({
  id: 'frequent-representative-change',
  code: 'CHG-01',
  version: 1,
  title: { zh: '频繁变更法定代表人', en: 'Frequent change of representative' },
  why: {
    zh: '短期内多次更换法定代表人，常见于转让空壳、逃避债务或由他人顶替担责；约谈新旧法定代表人可及早查清实际控制人。',
    en: 'A representative who keeps changing often means a shell that is sold on, debts left behind, or a straw man put in charge. Interviewing both sides shows early who is really in control.',
  },
  falsePositives: [
    { zh: '集团、国有企业的正常人事任免', en: 'Ordinary appointments in groups and state-owned enterprises' },
    { zh: '法定代表人去世、离职后先由他人过渡', en: 'An interim representative after a death or a resignation' },
  ],
  keyKind: 'enterprise',
  latenessDays: { 'enterprise.changed': 7 },
  parameters: {
    half: {
      title: { zh: '180日内变更次数', en: 'Changes within 180 days' },
      unit: 'changes',
      default: 2,
      minimum: 1,
      maximum: 100,
      whole: true,
    },
    year: {
      title: { zh: '365日内变更次数（橙色）', en: 'Changes within 365 days (orange)' },
      unit: 'changes',
      default: 3,
      minimum: 1,
      maximum: 100,
      whole: true,
    },
  },
  windows: { half: { days: 180 }, year: { days: 365 } },

  keys: (event) => (event.subject !== '' && changesRepresentative(event) ? [{ key: event.subject }] : []),

  verdict({ windows }, { half, year }) {
    const common = { expected: null, probability: null } as const
    if (windows.year.events >= year)
      return {
        ...common,
        level: 'orange',
        observed: windows.year.events,
        threshold: year,
        reason: 'year',
        window: 'year',
      }
    const level = windows.half.events >= half ? 'yellow' : null
    return { ...common, level, observed: windows.half.events, threshold: half, reason: 'half', window: 'half' }
  },

  /** Changes of each of the last 12 stretches of 30 days. */
  series: (view) => view.series(30, 12),

  sentence(_, { windows }, parameters) {
    const { half, year } = windows
    return {
      zh: `近180日变更法定代表人${half.events}次（阈值${parameters.half}次），近365日${year.events}次（阈值${parameters.year}次）`,
      en: `${half.events} changes of representative within 180 days (threshold ${parameters.half}), ${year.events} within 365 days (threshold ${parameters.year})`,
    }
  },

  examples: {
    fire: [
      {
        name: 'two changes within four months',
        given: [change('2026-07-01', '甲', '乙'), change('2026-11-01', '乙', '丙')],
        expect: {
          level: 'yellow',
          observed: 2,
          threshold: 2,
          says: '近180日变更法定代表人2次（阈值2次），近365日2次（阈值3次）',
        },
      },
      {
        name: 'three within a year, none of them near the next',
        given: [change('2026-01-05', '甲', '乙'), change('2026-07-10', '乙', '丙'), change('2026-12-20', '丙', '丁')],
        expect: {
          level: 'orange',
          observed: 3,
          threshold: 3,
          says: '近180日变更法定代表人2次（阈值2次），近365日3次（阈值3次）',
        },
      },
    ],
    quiet: [
      { name: 'one change', given: [change('2026-07-01', '甲', '乙')] },
      {
        name: 'two changes half a year and more apart',
        given: [change('2026-01-05', '甲', '乙'), change('2026-07-10', '乙', '丙')],
      },
      {
        name: 'the same person written down again',
        given: [change('2026-07-01', '甲', '乙'), change('2026-08-01', '乙', '乙'), change('2026-09-01', '乙', '乙')],
      },
      {
        name: 'changes of other things',
        given: ['2026-07-01', '2026-08-01', '2026-09-01'].map((at) => ({
          type: 'enterprise.changed',
          at,
          data: { changes: [{ field: 'capital', before: 1, after: 2 }] },
        })),
      },
    ],
  },
})

function change(at: string, before: string, after: string): ExampleEvent {
  const person = (key: string) => ({ name: '王**', key, strength: 'strong' })
  return {
    type: 'enterprise.changed',
    at,
    data: { changes: [{ field: 'legalRepresentative', before: person(before), after: person(after) }] },
  }
}
