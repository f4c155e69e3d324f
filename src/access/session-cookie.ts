import { WALL_ABSOLUTE_MS } from './sessions.ts'

/** Name of the console's cookie, the only one of the service. */
export const SESSION_COOKIE = 'yujing_session'

/** Tokens are base64url: nothing to quote, nothing to decode. */
const PAIR = new RegExp(`(?:^|;)\\s*${SESSION_COOKIE}=([A-Za-z0-9_-]{16,128})\\s*(?:;|$)`)

/** The token of a `Cookie` header, or null. */
export function readSessionCookie(header: string | undefined): string | null {
  return PAIR.exec(header ?? '')?.[1] ?? null
}

/**
 * The `Set-Cookie` of a session; a token of null takes the cookie away. No script can read it, and browsers send it
 * along with requests that come from this very site alone.
 *
 * @param secure whether browsers come by https: then they send it by nothing else
 */
export function writeSessionCookie(token: string | null, secure: boolean): string {
  // The longest that any session lasts; when one ends the service decides.
  const seconds = token === null ? 0 : WALL_ABSOLUTE_MS / 1000
  const attributes = `Max-Age=${seconds}; Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`
  return `${SESSION_COOKIE}=${token ?? ''}; ${attributes}`
}
