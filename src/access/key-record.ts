import { type Static, Type } from '@sinclair/typebox'
import { Nullable, Words } from '../model/schema.ts'
import { type Identity, ROLES } from './identity.ts'

const Area = Type.String({ pattern: '^(?!00)\\d{6}$', description: 'GB/T 2260; one that ends in 00 is its subtree' })
const Limit = (item: ReturnType<typeof Type.String>) =>
  Type.Union([Type.Literal('all'), Type.Array(item, { minItems: 1, maxItems: 200 })])

const Name = Type.String({ minLength: 1, maxLength: 100, description: 'What the key is for' })
const Areas = Limit(Area)
const Sources = Limit(Type.String({ minLength: 1, maxLength: 200, description: 'Prefix of `source`' }))
const Types = Limit(Type.String({ minLength: 1, maxLength: 100, description: 'Event type' }))
const Inbox = Type.String({
  pattern: '^[A-Za-z0-9_-]{1,40}$',
  description: 'Name of an inbox in NATS: the key is also the password of a user of this name',
})
const ExportName = Type.String({
  pattern: '^[A-Za-z0-9_]{1,40}$',
  description: 'Name of a reader of exported events in NATS: the key is also the password of a user of this name',
})
const strict = { additionalProperties: false }

/** What an administrator says of a new key. A sender must name its sources, a supervisor its areas. */
export const NewKey = Type.Union([
  Type.Object(
    {
      name: Name,
      role: Type.Literal('ingest'),
      sources: Sources,
      types: Type.Optional(Types),
      areas: Type.Optional(Areas),
      retracts: Type.Optional(Type.Boolean()),
      backfill: Type.Optional(Type.Boolean()),
      inbox: Type.Optional(Inbox),
    },
    strict,
  ),
  Type.Object({ name: Name, role: Type.Literal('supervisor'), areas: Areas }, strict),
  Type.Object({ name: Name, role: Type.Literal('viewer'), areas: Type.Optional(Areas) }, strict),
  // Subjects know types and no areas, so who reads by them reads of all areas.
  Type.Object({ name: Name, role: Type.Literal('viewer'), export: ExportName, types: Type.Optional(Types) }, strict),
  Type.Object({ name: Name, role: Type.Literal('admin') }, strict),
])
export type NewKey = Static<typeof NewKey>

/** A key as listed: everything but the secret. A revoked one stays listed, so that old histories can be read. */
export const KeyInfo = Type.Object({
  id: Type.String(),
  name: Name,
  role: Words(ROLES),
  areas: Areas,
  sources: Type.Union([Type.Literal('all'), Type.Array(Type.String())]),
  types: Type.Union([Type.Literal('all'), Type.Array(Type.String())]),
  retracts: Type.Boolean(),
  backfill: Type.Boolean(),
  createdAt: Type.String({ description: 'RFC 3339' }),
  createdBy: Type.String({ description: 'Id of the identity that made it' }),
  revokedAt: Nullable(Type.String()),
  revokedBy: Nullable(Type.String()),
  inbox: Type.Optional(Inbox),
  export: Type.Optional(ExportName),
})
export type KeyInfo = Static<typeof KeyInfo>

/** A key as stored: SHA-256 (hex) of the secret, never the secret; for a user of NATS also what nats-server checks it by. */
export const StoredKey = Type.Intersect([
  KeyInfo,
  Type.Object({
    digest: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    inboxPassword: Type.Optional(Type.String({ description: 'bcrypt of the secret' })),
  }),
])
export type StoredKey = Static<typeof StoredKey>

/** Fills in what the role implies: roles that do not send have no sources, an administrator has everything. */
export function fillIn(request: NewKey): Pick<KeyInfo, 'areas' | 'sources' | 'types' | 'retracts' | 'backfill'> {
  switch (request.role) {
    case 'ingest':
      return {
        areas: request.areas ?? 'all',
        sources: request.sources,
        types: request.types ?? 'all',
        retracts: request.retracts ?? false,
        backfill: request.backfill ?? false,
      }
    case 'supervisor':
      return { areas: request.areas, sources: [], types: [], retracts: false, backfill: false }
    case 'viewer': {
      const areas = 'areas' in request ? (request.areas ?? 'all') : 'all'
      const types = 'export' in request ? (request.types ?? 'all') : []
      return { areas, sources: [], types, retracts: false, backfill: false }
    }
    case 'admin':
      return { areas: 'all', sources: 'all', types: 'all', retracts: true, backfill: true }
  }
}

/** The identity a key stands for. */
export function identityOf(key: KeyInfo): Identity {
  const { id, name, role, areas, sources, types, retracts, backfill } = key
  return { id, name, role, areas, sources, types, rights: { retracts, backfill } }
}
