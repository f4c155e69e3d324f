import { defineDetector, type Pending } from '../../src/detect/contract.ts'
import type { ExampleEvent } from '../../src/detect/example.ts'
import { endOfDay } from '../../src/model/time.ts'

/** PUN-02 处罚逾期未履行: a penalty is long due and nobody has said that it was settled. */
export const penaltyUnsettled = defineDetector({
  id: 'penalty-unsettled',
  code: 'PUN-02',
  version: 1,
  title: { zh: '处罚逾期未履行', en: 'Penalty unsettled' },
  why: {
    zh: '处罚决定规定的履行期限已过而未履行，说明当事人无力或拒不履行；应及时警示催告，必要时申请强制执行。',
    en: 'A penalty that stays unsettled long after it was due means that the enterprise cannot or will not pay. A warning in time, and enforcement where it must be, keep the decision from lapsing.',
  },
  falsePositives: [
    { zh: '已缴纳但执法系统未及时录入', en: 'Paid, and not entered yet' },
    { zh: '已批准分期或延期缴纳', en: 'Payment by instalments or a delay that was granted' },
  ],
  keyKind: 'enterprise',
  latenessDays: { 'penalty.imposed': 30, 'penalty.settled': 30, 'penalty.suspended': 30, 'penalty.annulled': 30 },
  parameters: {
    days: {
      title: { zh: '履行期限届满后的天数', en: 'Days after it was due' },
      unit: 'days',
      default: 30,
      minimum: 1,
      maximum: 365,
      whole: true,
    },
  },
  windows: { year: { days: 365 } },
  deadlines: { judgedAfterDays: ({ days }) => [days] },

  /** A penalty that names a day is due when that day is over; settled, suspended or annulled it is due no more. */
  keys(event) {
    const { decision, due } = event.data as { readonly decision: string; readonly due?: string }
    if (event.subject === '') return []
    if (event.type !== 'penalty.imposed')
      return [{ key: event.subject, counts: false, deadline: { item: decision, at: null } }]
    return due === undefined ? [] : [{ key: event.subject, deadline: { item: decision, at: endOfDay(due) } }]
  },

  verdict({ pending }, { days }) {
    const observed = overdue(pending, days).length
    return {
      level: observed > 0 ? 'yellow' : null,
      observed,
      expected: null,
      threshold: 1,
      probability: null,
      reason: 'unsettled',
      window: 'year',
    }
  },

  /** Penalties imposed in each of the last 12 stretches of 30 days. */
  series: (view) => view.series(30, 12),

  sentence({ observed }, { pending }, { days }) {
    if (observed === 0)
      return {
        zh: `没有逾期${days}日以上未履行的处罚决定`,
        en: `No penalty is unsettled ${days} days or more after it was due`,
      }
    const longest = Math.max(...overdue(pending, days).map(({ overdueDays }) => overdueDays))
    return {
      zh: `有${observed}件处罚决定逾期${days}日以上未履行，最长已逾期${longest}日`,
      en: `${observed} ${observed === 1 ? 'penalty is' : 'penalties are'} unsettled ${days} days or more after the due day, ${longest} days at most`,
    }
  },

  examples: {
    fire: [
      {
        name: 'due on 1 October and not settled by the end of 31 October',
        given: [penalty('2026-09-15', '17号', '2026-10-01')],
        completeUntil: '2026-11-01',
        expect: { level: 'yellow', observed: 1, threshold: 1, says: '有1件处罚决定逾期30日以上未履行，最长已逾期30日' },
      },
      {
        name: 'of two penalties the second stays unsettled',
        given: [
          penalty('2026-09-01', '17号', '2026-09-15'),
          penalty('2026-09-10', '18号', '2026-09-25'),
          { ...done('settled', '2026-09-20', '17号') },
        ],
        completeUntil: '2026-11-01',
        expect: { level: 'yellow', observed: 1, threshold: 1, says: '有1件处罚决定逾期30日以上未履行，最长已逾期30日' },
      },
    ],
    quiet: [
      {
        name: 'settled on the last day',
        given: [penalty('2026-09-15', '17号', '2026-10-01'), done('settled', '2026-10-31', '17号')],
        completeUntil: '2026-12-01',
      },
      {
        name: 'suspended, or annulled',
        given: [
          penalty('2026-09-15', '17号', '2026-10-01'),
          penalty('2026-09-15', '18号', '2026-10-01'),
          done('suspended', '2026-10-05', '17号'),
          done('annulled', '2026-10-05', '18号'),
        ],
        completeUntil: '2026-12-01',
      },
      {
        name: 'the source has not said that it told everything: nobody knows that it is unsettled',
        given: [penalty('2026-09-15', '17号', '2026-10-01'), penalty('2026-11-20', '18号', '2026-12-30')],
      },
      {
        name: 'a penalty that names no day',
        given: [{ type: 'penalty.imposed', at: '2026-01-15', data: { decision: '17号' } }],
        completeUntil: '2026-12-01',
      },
    ],
  },
})

function overdue(pending: readonly Pending[], days: number): Pending[] {
  return pending.filter(({ overdueDays }) => overdueDays >= days)
}

function penalty(at: string, decision: string, due: string): ExampleEvent {
  return { type: 'penalty.imposed', at, data: { decision, due } }
}

function done(how: 'settled' | 'suspended' | 'annulled', at: string, decision: string): ExampleEvent {
  return { type: `penalty.${how}`, at, data: { decision } }
}
