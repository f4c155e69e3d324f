import { FormatRegistry, type Static, type TSchema, Type } from '@sinclair/typebox'
import { isCounty } from '../area.ts'
import { isCreditCode } from '../credit-code.ts'
import { parseDay } from '../time.ts'

/**
 * Building blocks of event data. A member marked `yujing` is transformed by the door: people and contacts become
 * pseudonyms, text loses what identifies people. What is not marked is kept as sent.
 */
export type Treatment = 'person' | 'representative' | 'phone' | 'email' | 'text' | 'agent-key'

FormatRegistry.Set('credit-code', isCreditCode)
FormatRegistry.Set('county', isCounty)
FormatRegistry.Set('day', (text) => {
  const match = /^(\d{4}-\d{2}-\d{2})(?:T\S+)?$/.exec(text)
  return match?.[1] !== undefined && !Number.isNaN(Date.parse(text)) && parseDay(match[1]) !== null
})

/** Free text: loses ID numbers, phones, bank cards, e-mails and names before 先生/女士. */
export const Text = Type.String({ maxLength: 65_536, yujing: 'text' })
/** A name or a short statement; free text too. */
export const ShortText = Type.String({ minLength: 1, maxLength: 1_024, yujing: 'text' })
/** A number or code given by an authority or a platform, kept as sent. */
export const Identifier = Type.String({ minLength: 1, maxLength: 128 })
/** A word of a code list that is not fixed here. */
export const Word = Type.String({ minLength: 1, maxLength: 64, yujing: 'text' })
/** Unified social credit code. */
export const CreditCode = Type.String({ format: 'credit-code' })
/** `2026-11-23`, or a time of RFC 3339. */
export const Day = Type.String({ format: 'day' })
/** Yuan. */
export const Money = Type.Number({ minimum: 0 })
/** 0 to 1, both inclusive. */
export const Ratio = Type.Number({ minimum: 0, maximum: 1 })
export const Count = Type.Integer({ minimum: 0 })

/** A person as sent: at least one of the members should be given; without any they count as unidentified. */
const personMembers = {
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
  idNumber: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
  phone: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
  key: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
}
export const Person = Type.Object(personMembers, { yujing: 'person' })
/** A legal representative: the year of birth is kept. */
export const Representative = Type.Object(personMembers, { yujing: 'representative' })
export type Person = Static<typeof Person>

export const Phone = Type.String({ minLength: 1, maxLength: 64, yujing: 'phone' })
export const Email = Type.String({ minLength: 3, maxLength: 254, yujing: 'email' })
/** A shareholder or a holder of rights: an enterprise by its code, or a person. */
export const Holder = Type.Union([CreditCode, Person])
export const Shareholders = Type.Array(Type.Object({ holder: Holder, ratio: Ratio }), { maxItems: 1_000 })
/** The business complained of when its credit code is not known. */
export const Respondent = Type.Object({ name: ShortText, address: Type.Optional(ShortText) })

/** Whether an event of a type must, may or must not name an enterprise; `respondent`: may, else `data.respondent`. */
export type SubjectRule = 'required' | 'respondent' | 'optional' | 'none'

/** A type of event: the shape of its data, who it is about, and an example that passes. */
export interface EventDefinition<T extends TSchema = TSchema> {
  readonly data: T
  readonly subject: SubjectRule
  readonly example: Static<T>
}

/** Declares a type; the example is checked against the schema by the compiler, and by a test with all its limits. */
export function define<T extends TSchema>(
  data: T,
  example: Static<T>,
  subject: SubjectRule = 'required',
): EventDefinition<T> {
  return { data, subject, example }
}
