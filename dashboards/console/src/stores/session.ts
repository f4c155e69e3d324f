import { computed, ref } from 'vue'
import { ApiError, type Http } from '../api/http.ts'
import { currentSession, type SessionIdentity, signIn, signOut } from '../api/session.ts'

/** `asking`: the cookie's session is being looked up; `unreachable`: the service gave no answer. */
export type SessionPhase = 'asking' | 'unreachable' | 'signed-out' | 'signed-in'
export type SignOutReason = 'expired' | 'revoked' | null

/** Who is at the desk. After an expiry the identity stays known, so that the page keeps its place behind the sign-in. */
export function createSession(http: Http) {
  const phase = ref<SessionPhase>('asking')
  const identity = ref<SessionIdentity | null>(null)
  const reason = ref<SignOutReason>(null)

  /** Takes up the cookie's session, or renews the token for writes after a break. Returns whether somebody is signed in. */
  async function resume(): Promise<boolean> {
    try {
      identity.value = await currentSession(http)
      phase.value = 'signed-in'
    } catch (error) {
      const refused = error instanceof ApiError && (error.status === 401 || error.status === 403)
      if (refused) {
        reason.value = identity.value === null ? null : 'expired'
        phase.value = 'signed-out'
      }
      if (!refused && identity.value === null) phase.value = 'unreachable'
    }
    return phase.value === 'signed-in'
  }

  async function enter(key: string): Promise<void> {
    const before = identity.value?.id
    const now = await signIn(http, key)
    // What is on the screen belongs to whoever was signed in before; another officer starts with a clean page.
    if (before !== undefined && before !== now.id) return location.reload()
    identity.value = now
    reason.value = null
    phase.value = 'signed-in'
  }

  async function leave(): Promise<void> {
    await signOut(http)
    identity.value = null
    location.hash = ''
    location.reload()
  }

  function lost(why: SignOutReason): void {
    if (phase.value !== 'signed-in') return
    reason.value = why
    phase.value = 'signed-out'
  }

  const mayAct = computed(() => identity.value?.role === 'supervisor' || identity.value?.role === 'admin')
  return { phase, identity, reason, mayAct, resume, enter, leave, lost }
}

export type Session = ReturnType<typeof createSession>
