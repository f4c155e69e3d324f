import { Type } from '@sinclair/typebox'
import { Words } from '../schema.ts'
import { Count, define, Identifier, Money, Person, Respondent, ShortText, Text, Word } from './members.ts'

const { Boolean: Flag, Object: Members, Optional } = Type

const Trade = Members({ issue: Optional(ShortText), platform: Optional(ShortText) })

/** Complaints, reports, opinions, and what monitoring of trade and advertising sees. */
export const consumer = {
  'complaint.filed': define(
    Members({
      number: Identifier,
      complainant: Optional(Person),
      respondent: Optional(Respondent),
      issue: ShortText,
      category: Optional(Word),
      amount: Optional(Money),
      /** How many people are concerned. */
      persons: Optional(Count),
      injury: Optional(Flag()),
      prepaid: Optional(Flag()),
      text: Optional(Text),
    }),
    {
      number: 'SX12315-20261123-000123',
      complainant: { name: '赵敏', phone: '13900001234' },
      issue: 'refund',
      amount: 1_980,
      prepaid: true,
      text: '办卡后门店关门，联系不上',
    },
    'respondent',
  ),
  'complaint.closed': define(
    Members({ number: Identifier, outcome: Words(['settled', 'refused', 'failed', 'withdrawn']) }),
    { number: 'SX12315-20261123-000123', outcome: 'settled' },
  ),
  'report.filed': define(
    Members({
      number: Identifier,
      reporter: Optional(Person),
      respondent: Optional(Respondent),
      issue: ShortText,
      category: Optional(Word),
      text: Optional(Text),
    }),
    { number: 'SX12315-JB-20261123-000045', respondent: { name: '某某火锅店' }, issue: 'unlicensed' },
    'respondent',
  ),
  'opinion.reported': define(
    Members({
      sentiment: Type.Number({ minimum: -1, maximum: 1 }),
      source: ShortText,
      respondent: Optional(Respondent),
      url: Optional(Text),
      text: Optional(Text),
    }),
    { sentiment: -0.8, source: '本地论坛', respondent: { name: '某某健身' }, text: '健身房疑似要关门' },
    'respondent',
  ),
  'advertisement.violated': define(Trade, { issue: 'medical-claim' }),
  'trade.violated': define(Trade, { issue: 'unlicensed', platform: '某外卖平台' }),
  'monitoring.offline': define(Trade, { platform: '明厨亮灶' }),
  'monitoring.restored': define(Trade, { platform: '明厨亮灶' }),
} as const
