import { instant } from './clock.ts'
import type { Session } from './session.ts'

/** A session ends after half an hour without a request; whoever reads makes none. Asked at most this often, ms. */
const PROLONG_EVERY_MS = 5 * 60_000

/** Prolongs the session while somebody works at the page; an unattended page is signed out by the service. */
export function keepSession(session: Session): void {
  let prolongedAt = instant()
  const active = () => {
    if (session.phase.value !== 'signed-in' || instant() - prolongedAt < PROLONG_EVERY_MS) return
    prolongedAt = instant()
    void session.resume()
  }
  for (const kind of ['pointerdown', 'keydown', 'wheel']) addEventListener(kind, active, { passive: true })
}
