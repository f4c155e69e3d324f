import { Type } from '@sinclair/typebox'
import { Words } from '../schema.ts'
import {
  Day,
  define,
  Email,
  Holder,
  Money,
  Phone,
  Ratio,
  Representative,
  Shareholders,
  ShortText,
  Text,
} from './members.ts'

const { Array: List, Boolean: Flag, Integer, Literal, Object: Members, Optional, String: Characters, Union } = Type

const Region = Characters({ format: 'county' })
const Place = Union([Region, Literal('outside')])
const Reason = Members({ reason: Optional(Text) })

/** One changed field, before and after; what the two hold depends on the field. */
const Change = Union([
  Members({ field: Literal('legalRepresentative'), before: Representative, after: Representative }),
  Members({ field: Literal('shareholders'), before: Shareholders, after: Shareholders }),
  Members({ field: Literal('address'), before: ShortText, after: ShortText }),
  Members({ field: Literal('name'), before: ShortText, after: ShortText }),
  Members({ field: Literal('scope'), before: Text, after: Text }),
  Members({ field: Literal('capital'), before: Money, after: Money }),
  Members({ field: Literal('phone'), before: Phone, after: Phone }),
])

const Registered = Members({
  name: ShortText,
  /** Type code of the register, e.g. 1130. */
  kind: Characters({ pattern: '^[0-9A-Za-z-]{1,16}$' }),
  capital: Money,
  paidIn: Optional(Money),
  contributionDue: Optional(Day),
  address: ShortText,
  addressKind: Optional(Words(['ordinary', 'cluster', 'park', 'residential'])),
  legalRepresentative: Representative,
  shareholders: Optional(Shareholders),
  phone: Optional(Phone),
  email: Optional(Email),
  agent: Optional(Members({ name: ShortText, key: Characters({ minLength: 1, maxLength: 256, yujing: 'agent-key' }) })),
  scope: Optional(Text),
  stateOwned: Optional(Flag()),
})

const Applied = Members({ reason: Text })
const EquityHeld = Members({ ratio: Ratio, amount: Optional(Money), holder: Holder })
const Amount = Members({ amount: Optional(Money) })

const somebody = { name: '王小明', idNumber: '140105198001010018' }
const pledge = { ratio: 0.3, holder: { name: '李四' } }

/** Registration, change, equity and exit. */
export const registration = {
  'enterprise.registered': define(Registered, {
    name: '太原市某某商贸有限公司',
    kind: '1130',
    capital: 1_000_000,
    address: '太原市小店区长治路105号12层1201室',
    legalRepresentative: somebody,
    shareholders: [{ holder: somebody, ratio: 1 }],
    phone: '0351-7000000',
    agent: { name: '某某企业登记代理有限公司', key: '91140105MA0K2914XG' },
  }),
  'enterprise.changed': define(Members({ changes: List(Change, { minItems: 1, maxItems: 32 }) }), {
    changes: [{ field: 'address', before: '长治路105号', after: '学府街8号3层' }],
  }),
  'enterprise.moved': define(Members({ from: Place, to: Place }), { from: '140105', to: '140106' }),
  'enterprise.dormant': define(Reason, { reason: '季节性停业' }),
  'enterprise.resumed': define(Reason, {}),
  'enterprise.deregistered': define(Reason, { reason: '股东决定解散' }),
  'enterprise.revoked': define(Reason, { reason: '连续两年未年报' }),
  'liquidation.started': define(Reason, {}),
  'enterprise.deregistration-announced': define(Members({ kind: Words(['simple', 'ordinary']), until: Day }), {
    kind: 'simple',
    until: '2026-12-13',
  }),
  'capital-reduction.announced': define(Members({ capital: Money, until: Optional(Day) }), { capital: 100_000 }),
  'registration.cancellation-applied': define(Applied, { reason: '冒用身份登记' }),
  'registration.cancelled': define(Applied, { reason: '提交虚假材料' }),
  'equity.pledged': define(EquityHeld, pledge),
  'equity.frozen': define(EquityHeld, pledge),
  'ip.pledged': define(Amount, { amount: 500_000 }),
  'chattel.mortgaged': define(Amount, {}),
  'trademark.filed': define(
    Members({ classes: Optional(List(Integer({ minimum: 1, maximum: 45 }), { maxItems: 45 })) }),
    { classes: [35, 43] },
  ),
} as const
