/** A part of a budget that somebody holds. */
export interface Share {
  /** Gives back what is more than `amount`; never takes more. */
  keep(amount: number): void
  /** Gives back all of it; again without effect. */
  giveBack(): void
}

/** An amount that many share. */
export interface Budget {
  /** Resolves when so much is free, first come first served. More than the whole counts as the whole. */
  take(amount: number): Promise<Share>
}

export function createBudget(whole: number): Budget {
  let free = whole
  const line: { amount: number; admit: () => void }[] = []

  function admitNext(): void {
    while (line[0] !== undefined && line[0].amount <= free) {
      const { amount, admit } = line.shift() as (typeof line)[number]
      free -= amount
      admit()
    }
  }

  function shareOf(amount: number): Share {
    let held = amount
    function keep(most: number): void {
      const back = Math.max(0, held - most)
      held -= back
      free += back
      admitNext()
    }
    return { keep, giveBack: () => keep(0) }
  }

  return {
    async take(wanted) {
      const amount = Math.min(wanted, whole)
      await new Promise<void>((admit) => {
        line.push({ amount, admit })
        admitNext()
      })
      return shareOf(amount)
    },
  }
}
