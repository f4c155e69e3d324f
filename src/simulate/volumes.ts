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
 * Where the events of a province come from on an ordinary day. What chance may do to one enterprise is limited, so that
 * however high the rate, background alone looks like background: at 0.06 complaints an enterprise and week five
 * complainants in seven days are rarer than one enterprise in ten million. The rest comes through the interfaces (tax,
 * insured persons), which have no limit.
 */
const SHARES = {
  registration: { share: 0.14, eventsEach: 1, most: 0.002 },
  change: { share: 0.13, eventsEach: 1, most: 0.003 },
  exit: { share: 0.06, eventsEach: 2, most: 0.0005 },
  move: { share: 0.006, eventsEach: 1.5, most: 0.0002 },
  standing: { share: 0.008, eventsEach: 1, most: 0.0002 },
  cancellation: { share: 0.001, eventsEach: 1.5, most: 0.00002 },
  equity: { share: 0.02, eventsEach: 1, most: 0.0005 },
  trademark: { share: 0.02, eventsEach: 1, most: 0.0005 },
  complaint: { share: 0.25, eventsEach: 2, most: 0.06 / 7 },
  report: { share: 0.04, eventsEach: 1, most: 0.001 },
  contact: { share: 0.01, eventsEach: 1, most: 0.0002 },
  opinion: { share: 0.02, eventsEach: 1, most: 0.0005 },
  inspection: { share: 0.04, eventsEach: 13 / 12, most: 0.004 },
  licence: { share: 0.08, eventsEach: 1, most: 0.003 },
  order: { share: 0.012, eventsEach: 1.9, most: 0.0002 },
  penalty: { share: 0.02, eventsEach: 3.7, most: 0.0001 },
  listing: { share: 0.01, eventsEach: 1.4, most: 0.0002 },
  dispute: { share: 0.002, eventsEach: 2, most: 0.00005 },
  sampling: { share: 0.03, eventsEach: 1, most: 0.001 },
  equipment: { share: 0.05, eventsEach: 1, most: 0.001 },
  recall: { share: 0.001, eventsEach: 2, most: 0.00002 },
  accident: { share: 0.0003, eventsEach: 1, most: 0.000002 },
  market: { share: 0.02, eventsEach: 1.3, most: 0.0005 },
  price: { share: 0.003, eventsEach: 1, most: 0.0002 },
  court: { share: 0.01, eventsEach: 1.4, most: 0.0002 },
  merit: { share: 0.01, eventsEach: 1, most: 0.0005 },
  restriction: { share: 0.001, eventsEach: 1, most: 0.00002 },
} as const satisfies Record<string, Share>

type Routine = keyof typeof SHARES
/** Occurrences a day, means over a whole ordinary week. */
export type Volumes = Readonly<Record<Routine | 'tax' | 'insurance', number>>

/** @param perDay events a day in all @param enterprises size of the population */
export function volumesOf(perDay: number, enterprises: number): Volumes {
  let left = perDay
  const routine = {} as Record<Routine, number>
  for (const [kind, { share, eventsEach, most }] of Object.entries(SHARES) as [Routine, Share][]) {
    routine[kind] = Math.min((share * perDay) / eventsEach, most * enterprises)
    left -= routine[kind] * eventsEach
  }
  return { ...routine, tax: left / 2, insurance: left / 2 }
}
