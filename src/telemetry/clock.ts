/** The service's only source of the present. Everything behind it takes time as an argument. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number
}

/** The wall clock of the machine: the only caller of `Date.now` in the project. */
export function systemClock(): Clock {
  return { now: () => Date.now() }
}
