import { Type } from '@sinclair/typebox'
import { Words } from '../schema.ts'
import { Day, define, Identifier, Money, ShortText } from './members.ts'

const { Array: List, Object: Members, Optional } = Type

const Decision = Members({ decision: Identifier })
const Order = Members({ number: Identifier, due: Optional(Day) })
const Case = Members({ number: Identifier, domain: ShortText })
const decision = { decision: '并市监罚〔2026〕17号' }
const order = { number: '并市监责改〔2026〕8号', due: '2026-12-08' }
const filed = { number: '并市监案〔2026〕45号', domain: '广告' }

/** Penalties, orders, cases and inspections. */
export const enforcement = {
  'penalty.imposed': define(
    Members({
      decision: Identifier,
      authority: ShortText,
      domain: ShortText,
      measures: List(
        Words([
          'formal-warning',
          'criticism',
          'fine',
          'confiscation',
          'downgrade',
          'suspension',
          'restriction',
          'closure',
          'revocation',
        ]),
        { minItems: 1, maxItems: 9 },
      ),
      fine: Optional(Money),
      due: Optional(Day),
    }),
    { ...decision, authority: '小店区市场监管局', domain: '食品', measures: ['fine'], fine: 5_000, due: '2026-12-08' },
  ),
  'penalty.settled': define(Decision, decision),
  'penalty.suspended': define(Decision, decision),
  'penalty.annulled': define(Decision, decision),
  'order.issued': define(Order, order),
  'order.fulfilled': define(Order, order),
  'case.filed': define(Case, filed),
  'case.closed': define(Case, filed),
  'inspection.completed': define(
    Members({
      plan: Identifier,
      kind: Words(['random', 'targeted', 'special', 'proactive']),
      result: Words([
        'normal',
        'not-disclosed',
        'unreachable',
        'fraudulent',
        'uncooperative',
        'rectify',
        'failed',
        'no-related-business',
        'pending',
      ]),
      rectifyBy: Optional(Day),
    }),
    { plan: '2026-SSJ-118', kind: 'random', result: 'rectify', rectifyBy: '2026-12-20' },
  ),
  'inspection.rectified': define(Members({ plan: Identifier }), { plan: '2026-SSJ-118' }),
} as const
