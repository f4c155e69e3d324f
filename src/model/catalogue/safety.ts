import { Type } from '@sinclair/typebox'
import { Words } from '../schema.ts'
import { Count, CreditCode, Day, define, Identifier, ShortText } from './members.ts'

const { Array: List, Boolean: Flag, Object: Members, Optional, Union } = Type

const Item = Members({
  name: ShortText,
  value: Union([Type.Number(), ShortText]),
  limit: Union([Type.Number(), ShortText]),
  hazard: Words(['prohibited', 'pathogen', 'other']),
})
const Recall = Members({ product: ShortText, batches: Optional(List(Identifier, { maxItems: 1_000 })) })
const Equipment = Members({ code: Identifier })
const recall = { product: '某牌酸奶', batches: ['20261101A'] }

/** Food and product samples, recalls, special equipment, accidents. */
export const safety = {
  'sampling.completed': define(
    Members({
      product: ShortText,
      category: ShortText,
      batch: Identifier,
      role: Words(['sampled', 'producer']),
      result: Words(['pass', 'fail']),
      objection: Optional(Words(['none', 'filed', 'upheld'])),
      items: Optional(List(Item, { maxItems: 500 })),
    }),
    {
      product: '芹菜',
      category: '食用农产品',
      batch: '20261120-3',
      role: 'sampled',
      result: 'fail',
      items: [{ name: '毒死蜱', value: 0.31, limit: 0.05, hazard: 'other' }],
    },
  ),
  'recall.announced': define(Recall, recall),
  'recall.completed': define(Recall, recall),
  'equipment.inspected': define(
    Members({
      code: Identifier,
      kind: ShortText,
      result: Words(['pass', 'fail']),
      nextDue: Day,
      public: Optional(Flag()),
    }),
    { code: '31101401052015000123', kind: '曳引驱动乘客电梯', result: 'pass', nextDue: '2027-11-22', public: true },
  ),
  'equipment.stopped': define(Equipment, { code: '31101401052015000123' }),
  'equipment.scrapped': define(Equipment, { code: '31101401052015000123' }),
  'equipment.fault': define(
    Members({
      code: Identifier,
      kind: ShortText,
      /** Whether, or how many, people were trapped. */
      trapped: Optional(Union([Flag(), Count])),
      maintainer: Optional(CreditCode),
    }),
    { code: '31101401052015000123', kind: '困人', trapped: 2, maintainer: '91140105MA0K2914XG' },
  ),
  'accident.reported': define(Members({ grade: ShortText, kind: ShortText }), { grade: '一般', kind: '电梯' }),
} as const
