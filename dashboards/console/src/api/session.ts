import type { Http } from './http.ts'

/** Who is signed in. `areas` are GB/T 2260 codes, or every area. */
export interface SessionIdentity {
  readonly id: string
  readonly name: string
  readonly role: 'ingest' | 'supervisor' | 'viewer' | 'admin'
  readonly areas: readonly string[] | 'all'
}

interface SessionAnswer {
  readonly identity: SessionIdentity
  readonly csrf: string
}

function keep(http: Http, answer: unknown): SessionIdentity {
  const { identity, csrf } = answer as SessionAnswer
  http.setCsrf(csrf)
  return identity
}

/** Exchanges a key for a session cookie. The key is sent once and kept nowhere. */
export async function signIn(http: Http, key: string): Promise<SessionIdentity> {
  return keep(http, await http.request('/v1/session', { method: 'POST', body: { key } }))
}

/** The session the cookie stands for; rejects with 401 when there is none. */
export async function currentSession(http: Http): Promise<SessionIdentity> {
  return keep(http, await http.request('/v1/session'))
}

export async function signOut(http: Http): Promise<void> {
  await http.request('/v1/session', { method: 'DELETE' })
  http.setCsrf(null)
}
