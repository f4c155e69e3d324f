import type { QuarantineEntry } from '../model/quarantine.ts'
import type { GuardedClock } from '../telemetry/guarded-clock.ts'
import { createAttempts } from './attempts.ts'
import type { IngestLimits } from './limits.ts'
import type { QuarantinePort } from './quarantine-port.ts'
import type { Refusal } from './refusal.ts'
import { createSeal } from './seal.ts'

/** An event, or a body as a whole, that goes to quarantine. */
export interface Isolated extends Refusal {
  /** '' and null where there is no proper name. */
  readonly source: string
  readonly id: string | null
  readonly text: () => string
  /** Bytes as they came, where the text is not all of them. */
  readonly bytes?: number
  /** What the entry says besides. */
  readonly more?: Pick<QuarantineEntry, 'sender' | 'encoding'>
}

export interface IsolationOptions {
  readonly personKey: Buffer
  readonly quarantine: QuarantinePort
  readonly clock: GuardedClock
  readonly limits: IngestLimits
}

/** Puts refused events into quarantine, sealed; resolves when they are there, once each. */
export type Isolate = (refused: readonly Isolated[]) => Promise<void>

export function createIsolation({ personKey, quarantine, clock, limits }: IsolationOptions): Isolate {
  const seal = createSeal(personKey)
  const attempts = createAttempts(limits.unansweredRequests)

  async function isolate({ code, message, source, id, more, ...one }: Isolated, name: string): Promise<void> {
    const text = one.text()
    const kept = text.slice(0, limits.quarantinedCharacters)
    const entry = {
      code,
      reason: message,
      source,
      id,
      receivedAt: clock.now(),
      ...more,
      payload: seal.close(kept),
      ...(kept.length < text.length && { cutFromBytes: one.bytes ?? Buffer.byteLength(text) }),
    }
    await quarantine.put(entry, name)
  }

  /** So many at a time: a hundred thousand at once would outrun the quarantine's patience and the memory. */
  return async (refused) => {
    if (refused.length === 0) return
    const attempt = attempts.begin(() => contentOf(refused))
    const rest = refused.entries()
    const lane = async (): Promise<void> => {
      for (const [place, one] of rest) await isolate(one, `${attempt.name}-${place}`)
    }
    try {
      await Promise.all(Array.from({ length: Math.min(limits.quarantineAhead, refused.length) }, lane))
    } catch (error) {
      attempt.failed()
      throw error
    }
  }
}

/** What is refused, and why, as one text after the other. */
function* contentOf(refused: readonly Isolated[]): Iterable<string> {
  for (const { code, text } of refused) {
    yield code
    yield text()
  }
}
