import { askedTogether } from './asked-together.ts'
import type { Clock } from './telemetry/clock.ts'

/** A name asked for is believed so long: an alert shows a new name of its enterprise no later than that. */
const BELIEVED_MS = 600_000
/** Names kept at most. */
const MOST_NAMES = 20_000

/**
 * Present names of enterprises from the store, one question for all who ask meanwhile; names of late are at hand. What
 * has no name yet is asked for again.
 */
export function createEnterpriseNames(
  store: { enterpriseNames(codes: readonly string[]): Promise<ReadonlyMap<string, string>> },
  clock: Clock,
): { name(code: string): Promise<string | null> } {
  const together = askedTogether((codes: readonly string[]) => store.enterpriseNames(codes))
  const known = new Map<string, { readonly name: string; readonly until: number }>()
  return {
    async name(code) {
      const remembered = known.get(code)
      if (remembered !== undefined && remembered.until > clock.now()) return remembered.name
      const name = (await together([code])).get(code) ?? null
      known.delete(code)
      if (name !== null) known.set(code, { name, until: clock.now() + BELIEVED_MS })
      const [oldest] = known.keys()
      if (known.size > MOST_NAMES && oldest !== undefined) known.delete(oldest)
      return name
    },
  }
}
