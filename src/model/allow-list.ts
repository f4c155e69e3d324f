import { type Static, Type } from '@sinclair/typebox'
import { KEY_KINDS } from './event.ts'
import { Nullable, Words } from './schema.ts'

/** Most entries of the list: it stands whole in one control entry, and so in one message of the log. */
export const MOST_ALLOWED = 1_000

/** A key that detection counts and does not judge, because somebody answers for it until a day. */
export const AllowListEntry = Type.Object({
  /** Kind of key, as in an alert's `subject.kind`. */
  kind: Words(KEY_KINDS),
  key: Type.String({ minLength: 1, maxLength: 128 }),
  /** The detector that leaves it alone; null: all of them. */
  detector: Nullable(Type.String({ minLength: 1, maxLength: 64 })),
  /** Who answers for the exemption. */
  owner: Type.String({ minLength: 1, maxLength: 64 }),
  reason: Type.String({ minLength: 1, maxLength: 128 }),
  /** Log time, epoch milliseconds (exclusive), from which the key is judged again. */
  until: Type.Integer({ minimum: 0 }),
})
export type AllowListEntry = Static<typeof AllowListEntry>
