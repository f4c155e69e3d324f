import type { IncomingHttpHeaders } from 'node:http'
import type { Access, Grant } from '../../access/access.ts'
import { bearerKey } from '../../access/key-format.ts'
import { readSessionCookie } from '../../access/session-cookie.ts'
import { YujingError } from '../../model/errors.ts'

/** The subprotocol of the feed, and the form in which a ticket comes beside it. */
export const SUBPROTOCOL = 'yujing.v1'
const TICKET = /(?:^|,)\s*ticket\.([\w-]+)\s*(?:,|$)/

export interface Handshake {
  readonly headers: IncomingHttpHeaders
  readonly address: string
}

/**
 * Who opens the socket: a machine by header, a client by ticket, a browser by session cookie. The first of them that is
 * there decides alone. Browsers send cookies along with sockets that any site opens, so a cookie counts only with the
 * Origin of this very host, or of the public URL. Null: not authenticated.
 */
export function identify(access: Access, handshake: Handshake, publicUrl: string | undefined): Grant | null {
  const { headers, address } = handshake
  if (headers.authorization !== undefined) {
    const key = bearerKey(headers.authorization)
    return key === null ? null : unlessLocked(() => access.byKey(key, address))
  }
  const ticket = TICKET.exec(headers['sec-websocket-protocol'] ?? '')?.[1]
  if (ticket !== undefined) return access.byTicket(ticket)
  const token = readSessionCookie(headers.cookie)
  if (token === null || !isOwnOrigin(headers, publicUrl)) return null
  return access.bySession(token)
}

function isOwnOrigin({ origin, host }: IncomingHttpHeaders, publicUrl: string | undefined): boolean {
  if (origin === undefined || !URL.canParse(origin)) return false
  const from = new URL(origin)
  return from.host === host || (publicUrl !== undefined && from.origin === new URL(publicUrl).origin)
}

/** An address that is locked out is simply not let in: a socket has no Retry-After. */
function unlessLocked(look: () => Grant | null): Grant | null {
  try {
    return look()
  } catch (error) {
    if (error instanceof YujingError) return null
    throw error
  }
}
