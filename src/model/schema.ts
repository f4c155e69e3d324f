import { type TSchema, Type } from '@sinclair/typebox'

/** Small schemas that many descriptions share. */

export const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** One of a closed list of words. */
export const Words = <const T extends readonly string[]>(words: T) =>
  Type.Union(words.map((word) => Type.Literal(word as T[number])))

export const Bilingual = Type.Object({ zh: Type.String(), en: Type.String() })

export const Position = Type.Object({ epoch: Type.String(), seq: Type.Integer(), index: Type.Integer() })
