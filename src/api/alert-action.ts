import { Type } from '@sinclair/typebox'
import { OUTCOMES, VERIFICATION_MANNERS } from '../model/alert.ts'
import { MEASURES } from '../model/level.ts'
import { Nullable, Words } from '../model/schema.ts'

const Text = (description: string) => Type.String({ minLength: 1, maxLength: 2000, pattern: '\\S', description })
const Note = Type.Optional(Text('Goes into the history'))

/** What an officer may ask for, for the documentation: the desk checks it, and knows which status allows what. */
export const AlertActionBody = Type.Union([
  Type.Object({ action: Type.Literal('acknowledge'), note: Note }),
  Type.Object({ action: Type.Literal('dismiss'), reason: Text('Why there is nothing to do'), note: Note }),
  Type.Object({ action: Type.Literal('comment'), note: Text('The comment') }),
  Type.Object({
    action: Type.Literal('assign'),
    assignee: Nullable(Type.String({ minLength: 1, maxLength: 100, description: 'Id or name; null for nobody' })),
    note: Note,
  }),
  Type.Object({
    action: Type.Literal('verify'),
    manner: Words(VERIFICATION_MANNERS),
    result: Text('What was found'),
    note: Note,
  }),
  Type.Object({ action: Type.Literal('measure'), measure: Words(MEASURES), note: Note }),
  Type.Object({
    action: Type.Literal('close'),
    outcome: Words(OUTCOMES),
    note: Note,
  }),
  Type.Object({ action: Type.Literal('reopen'), note: Note }),
])
