import { Type } from '@sinclair/typebox'
import { define, Identifier, ShortText, Text } from './members.ts'

const { Object: Members, Optional } = Type

/** Disputed facts and withdrawn events. */
export const corrections = {
  'fact.disputed': define(Members({ of: Identifier, outcome: Optional(ShortText) }), { of: 'SX-PEN-0017' }),
  'fact.resolved': define(Members({ of: Identifier, outcome: Optional(ShortText) }), {
    of: 'SX-PEN-0017',
    outcome: '维持',
  }),
  'event.retracted': define(Members({ reason: Optional(Text) }), { reason: '重复录入' }, 'optional'),
} as const
