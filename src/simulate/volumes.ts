/** A routine kind of thing, and what limits it. */
interface Share {
  /** Share of all events, while no limit is met. */
  readonly share: number
  /** Events that one occurrence brings about, itself included: a complaint is closed later, one inspection in 12 rectified. */
  readonly eventsEach: number
  /** Most occurrences an enterprise and day. */
  readonly most: number
}

/**
 * Where the events come from. What chance may do to one enterprise is limited, so that however high the rate, background
 * alone looks like background: at 0.06 complaints an enterprise and week five complainants in seven days are rarer than
 * one enterprise in ten million. The rest comes through the interfaces (tax, insured persons), which have no limit.
 */
const SHARES = {
  registration: { share: 0.12, eventsEach: 1, most: 0.002 },
  change: { share: 0.12, eventsEach: 1, most: 0.003 },
  exit: { share: 0.05, eventsEach: 1, most: 0.001 },
  complaint: { share: 0.3, eventsEach: 2, most: 0.06 / 7 },
  inspection: { share: 0.13, eventsEach: 13 / 12, most: 0.004 },
  licence: { share: 0.05, eventsEach: 1, most: 0.003 },
} as const satisfies Record<string, Share>

/** Occurrences a day, means over a whole week. */
export type Volumes = Readonly<Record<keyof typeof SHARES | 'tax' | 'insurance', number>>

/** @param perDay events a day in all @param enterprises size of the population */
export function volumesOf(perDay: number, enterprises: number): Volumes {
  let left = perDay
  const occurrences = (kind: keyof typeof SHARES) => {
    const { share, eventsEach, most } = SHARES[kind]
    const number = Math.min((share * perDay) / eventsEach, most * enterprises)
    left -= number * eventsEach
    return number
  }
  const routine = {
    registration: occurrences('registration'),
    change: occurrences('change'),
    exit: occurrences('exit'),
    complaint: occurrences('complaint'),
    inspection: occurrences('inspection'),
    licence: occurrences('licence'),
  }
  return { ...routine, tax: left / 2, insurance: left / 2 }
}
