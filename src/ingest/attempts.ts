import { createHash, randomBytes } from 'node:crypto'

/** A request on its way into quarantine. */
export interface Attempt {
  /** What its entries are named after; the same again when a request of this content was not answered the last time. */
  readonly name: string
  /** It could not be finished and is not answered: whoever sends the same again goes on with it. */
  failed(): void
}

/**
 * Recognises a request that is sent again because its refused events could not all be put into quarantine, so that none
 * stands there twice. One that was answered is another request, though it says the same. Kept in memory alone: after a
 * restart the same events may stand twice, which is accepted. A refusal too many misleads nobody, one that is lost would;
 * to remember across restarts would cost a durable write for every refused event, on the word of whoever sends them.
 *
 * @param most requests remembered; beyond it the oldest are forgotten
 */
export function createAttempts(most: number) {
  const unanswered = new Map<string, string>()
  return {
    /** @param content what is refused in it; asked for only where a request has failed */
    begin(content: () => Iterable<string>): Attempt {
      const known = unanswered.size === 0 ? null : digestOf(content())
      const name = (known !== null && unanswered.get(known)) || randomBytes(16).toString('hex')
      if (known !== null) unanswered.delete(known)
      return {
        name,
        failed() {
          unanswered.set(known ?? digestOf(content()), name)
          for (const oldest of unanswered.keys()) {
            if (unanswered.size <= most) return
            unanswered.delete(oldest)
          }
        },
      }
    },
  }
}

function digestOf(content: Iterable<string>): string {
  const hash = createHash('sha256')
  for (const part of content) hash.update(`${part.length} `).update(part)
  return hash.digest('hex')
}
