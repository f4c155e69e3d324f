/** What an identity is for; what each may do stands in one table, `permissions.ts`. */
export const ROLES = ['ingest', 'supervisor', 'viewer', 'admin'] as const
export type Role = (typeof ROLES)[number]

/** A closed list, or no limit at all. An empty list allows nothing. */
export type Limited = readonly string[] | 'all'

/** Who asks. Made from a key; holds no name of a person beyond the label the administrator gave the key. */
export interface Identity {
  /** Id of the key, `bootstrap` for the one of the configuration; stands in histories and audit as `by`. */
  readonly id: string
  readonly name: string
  readonly role: Role
  /** GB/T 2260 codes; one that ends in 00 stands for its subtree (140100 a city, 140000 the province). */
  readonly areas: Limited
  /** Prefixes of `source` this identity may send for (role ingest). */
  readonly sources: Limited
  /** Event types this identity may send (role ingest). */
  readonly types: Limited
  /** Extra rights of a sender: to withdraw or replace events, and to send history. */
  readonly rights: { readonly retracts: boolean; readonly backfill: boolean }
}

/** Id of the identity behind `BOOTSTRAP_KEY`. */
export const BOOTSTRAP_ID = 'bootstrap'

/** An administrator: every right of the other roles, all sources, types and areas. */
export function administrator(id: string, name: string): Identity {
  return {
    id,
    name,
    role: 'admin',
    areas: 'all',
    sources: 'all',
    types: 'all',
    rights: { retracts: true, backfill: true },
  }
}
