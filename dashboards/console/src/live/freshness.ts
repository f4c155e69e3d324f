import type { FeedState } from './machine.ts'

/** Without a word for this long, what is shown may be out of date, milliseconds (a pulse comes every 2 s). */
export const STALE_AFTER_MS = 6_000

/** How far what is on the screen can be trusted. Times are epoch ms, durations whole seconds. */
export type Freshness =
  | { readonly kind: 'live'; readonly pulseAgeSeconds: number }
  | { readonly kind: 'stale'; readonly since: number }
  | { readonly kind: 'connecting'; readonly since: number | null }
  | { readonly kind: 'reconnecting'; readonly inSeconds: number; readonly since: number | null }
  | { readonly kind: 'signed-out'; readonly since: number | null }

/** What the state of the feed means for a reader at an instant. */
export function freshness(state: FeedState, now: number): Freshness {
  const since = state.heardAt
  switch (state.phase) {
    case 'live': {
      const age = Math.max(0, now - (since ?? state.since))
      if (age > STALE_AFTER_MS) return { kind: 'stale', since: since ?? state.since }
      return { kind: 'live', pulseAgeSeconds: Math.floor(age / 1_000) }
    }
    case 'waiting':
      return { kind: 'reconnecting', inSeconds: Math.max(0, Math.ceil(((state.retryAt ?? now) - now) / 1_000)), since }
    case 'signed-out':
      return { kind: 'signed-out', since }
    case 'idle':
    case 'loading':
    case 'connecting':
    case 'subscribing':
      return { kind: 'connecting', since }
  }
}
