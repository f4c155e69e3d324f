import { Type } from '@sinclair/typebox'
import { Day, define, Identifier, ShortText } from './members.ts'

const Licence = Type.Object({ number: Identifier, kind: ShortText, validUntil: Type.Optional(Day) })
const licence = { number: 'JY11401050000001', kind: '食品经营许可', validUntil: '2027-05-31' }

/** Licences and permits. */
export const licences = {
  'licence.granted': define(Licence, licence),
  'licence.renewed': define(Licence, licence),
  'licence.expired': define(Licence, licence),
  'licence.revoked': define(Licence, licence),
} as const
