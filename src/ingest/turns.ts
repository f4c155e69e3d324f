import type { Lane } from '../model/lane.ts'

/** Who may use the one thread next: a request of many events works in short stretches and asks before each. */
export interface Turns {
  /** Resolves when it is this request's turn: one stretch of all requests each time round the event loop. */
  next(lane: Lane): Promise<void>
  /** A live request is under way until the returned function is called, again without effect. */
  begin(): () => void
}

/** While live requests are under way the batch lane has a turn only so often, milliseconds: it is slowed, never starved. */
export const BATCH_REST_MS = 10

/**
 * Live requests before those of the batch lane, each lane in the order of asking, so that its requests take turns. Between
 * two stretches whatever has arrived is handled: a short live request waits for one stretch when it comes, and hardly for
 * another while it goes its way to the log and back.
 *
 * @param monotonic milliseconds on a clock that is never set
 */
export function createTurns(monotonic: () => number = () => performance.now()): Turns {
  const lines: Record<Lane, (() => void)[]> = { live: [], batch: [] }
  let underWay = 0
  let batchAt = Number.NEGATIVE_INFINITY
  let isDue = false
  let resting: NodeJS.Timeout | null = null

  function grant(): void {
    isDue = false
    const live = lines.live.shift()
    if (live !== undefined) live()
    else if (!takeBatch()) return
    schedule()
  }

  function takeBatch(): boolean {
    if (lines.batch.length === 0) return false
    const rest = underWay === 0 ? 0 : batchAt + BATCH_REST_MS - monotonic()
    if (rest > 0) {
      resting ??= setTimeout(wake, rest)
      return false
    }
    batchAt = monotonic()
    lines.batch.shift()?.()
    return true
  }

  function wake(): void {
    if (resting !== null) clearTimeout(resting)
    resting = null
    schedule()
  }

  function schedule(): void {
    if (isDue) return
    isDue = true
    setImmediate(grant)
  }

  return {
    next(lane) {
      return new Promise((resolve) => {
        lines[lane].push(resolve)
        schedule()
      })
    },
    begin() {
      underWay += 1
      let isOver = false
      return () => {
        if (isOver) return
        isOver = true
        underWay -= 1
        if (underWay === 0) wake()
      }
    },
  }
}
