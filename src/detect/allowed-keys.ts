import type { AllowListEntry } from '../model/allow-list.ts'
import type { Detector } from './contract.ts'

/** The entries of an allow-list that concern the keys of a detector. */
export function entriesFor(detector: Detector, entries: readonly AllowListEntry[]): readonly AllowListEntry[] {
  return entries.filter(
    ({ kind, detector: only }) => kind === detector.keyKind && (only ?? detector.id) === detector.id,
  )
}

/**
 * Keys that one detector counts and does not judge. While a key is on the list nothing of it opens or grows; what ends an
 * alert, withdraws or corrects it is told as ever. Whether an entry still holds is asked at each judgement, of the log
 * time of what is judged: so an expiry needs no instant of its own, and falls where a replay has it too.
 */
export class AllowedKeys {
  readonly entries: readonly AllowListEntry[]
  /** Of several entries for a key the one that holds longest. */
  private readonly byKey = new Map<string, AllowListEntry>()

  constructor(entries: readonly AllowListEntry[] = []) {
    this.entries = entries
    for (const entry of entries)
      if (entry.until > (this.byKey.get(entry.key)?.until ?? Number.NEGATIVE_INFINITY)) this.byKey.set(entry.key, entry)
  }

  /** The entry by which a key is left alone at a log time (epoch milliseconds), or null. */
  entryOf(key: string, logTime: number): AllowListEntry | null {
    const entry = this.byKey.get(key)
    return entry !== undefined && logTime < entry.until ? entry : null
  }
}
