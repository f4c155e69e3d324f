import { LANES, type Lane } from '../model/lane.ts'

/** Who may use the one thread next: a request of many events works in short stretches and asks before each. */
export interface Turns {
  /** Resolves when it is this request's turn: one stretch of all requests each time round the event loop. */
  next(lane: Lane): Promise<void>
}

/**
 * Live requests before those of the batch lane, each lane in the order of asking, so that its requests take turns. Between
 * two stretches whatever has arrived is handled: a short live request never waits for more than one stretch.
 */
export function createTurns(): Turns {
  const lines: Record<Lane, (() => void)[]> = { live: [], batch: [] }
  let isDue = false

  function grant(): void {
    isDue = false
    const lane = LANES.find((one) => lines[one].length > 0)
    if (lane === undefined) return
    lines[lane].shift()?.()
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
  }
}
