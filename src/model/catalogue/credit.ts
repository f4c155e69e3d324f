import { Type } from '@sinclair/typebox'
import { Words } from '../schema.ts'
import { Count, Day, define, Identifier, Money, Person, ShortText, Text } from './members.ts'

const { Integer, Object: Members, Optional } = Type

const AbnormalReason = Members({ reason: Words(['no-annual-report', 'undisclosed', 'false', 'unreachable']) })
const Serious = Members({ reason: Text, decision: Identifier })
const Judgment = Members({ case: Identifier })
const serious = { reason: '提供虚假材料', decision: '晋市监列严〔2026〕3号' }

/** Credit supervision: annual reports, lists, credit repair, and what other departments tell. */
export const credit = {
  'annual-report.filed': define(
    Members({
      year: Integer({ minimum: 1949, maximum: 2200 }),
      assets: Optional(Type.Number()),
      revenue: Optional(Type.Number()),
      employees: Optional(Count),
      insured: Optional(Count),
    }),
    { year: 2025, assets: 2_000_000, revenue: 800_000, employees: 6, insured: 5 },
  ),
  'abnormal-list.entered': define(AbnormalReason, { reason: 'unreachable' }),
  'abnormal-list.left': define(AbnormalReason, { reason: 'unreachable' }),
  'serious-violation-list.entered': define(Serious, serious),
  'serious-violation-list.left': define(Serious, serious),
  'credit.repaired': define(Members({ of: Optional(Identifier) }), { of: '并市监罚〔2025〕17号' }),
  'award.granted': define(Members({ kind: ShortText }), { kind: '放心消费示范单位' }),
  'judgment.defaulted': define(Judgment, { case: '(2026)晋0105执123号' }),
  'judgment.satisfied': define(Judgment, { case: '(2026)晋0105执123号' }),
  'restriction.imposed': define(
    Members({ person: Person, kind: ShortText, until: Day }),
    { person: { name: '张三', idNumber: '140105197001010016' }, kind: '三年内不得任职', until: '2029-11-23' },
    'none',
  ),
  'insurance.reported': define(Members({ insured: Count }), { insured: 12 }),
  'tax.reported': define(Members({ status: Words(['normal', 'arrears', 'none']) }), { status: 'normal' }),
  'contact.failed': define(Members({ channel: Words(['phone', 'mail', 'visit']) }), { channel: 'mail' }),
  'price.reported': define(Members({ item: ShortText, price: Money, unit: ShortText }), {
    item: '猪肉',
    price: 26.5,
    unit: '元/千克',
  }),
} as const
