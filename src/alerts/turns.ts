/** Saved side by side at most, of what is urgent and of what is not: mere updates never take the places of openings. */
const MOST_URGENT = 24
const MOST_OTHERS = 8

/** Who may work now: what is urgent goes ahead of what is not, and each in the order in which it came. */
export interface Turns {
  /** Waits for a turn and works; `isUrgent` is asked whenever a place is free, for it may change while one waits. */
  take<T>(isUrgent: () => boolean, work: () => Promise<T>): Promise<T>
  /** Something that waits has become urgent. */
  look(): void
}

interface Waiter {
  readonly isUrgent: () => boolean
  readonly begin: (urgent: boolean) => void
}

export function createTurns(mostUrgent = MOST_URGENT, mostOthers = MOST_OTHERS): Turns {
  const busy = { urgent: 0, others: 0 }
  let waiting: Waiter[] = []

  function look(): void {
    const isFull = () => busy.urgent >= mostUrgent && busy.others >= mostOthers
    waiting = waiting.filter((waiter) => {
      if (isFull()) return true
      const urgent = waiter.isUrgent()
      if (urgent ? busy.urgent >= mostUrgent : busy.others >= mostOthers) return true
      busy[urgent ? 'urgent' : 'others'] += 1
      waiter.begin(urgent)
      return false
    })
  }

  return {
    async take(isUrgent, work) {
      const urgent = await new Promise<boolean>((begin) => {
        waiting.push({ isUrgent, begin })
        look()
      })
      try {
        return await work()
      } finally {
        busy[urgent ? 'urgent' : 'others'] -= 1
        look()
      }
    },
    look,
  }
}
