/** The service's only source of the present. Everything behind it takes time as an argument. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number
}

/** The two clocks of a machine. */
export interface TimeSources {
  /** Epoch milliseconds; may be set to anything at any moment. */
  wall(): number
  /** Milliseconds since some moment of this process; never set, stands still while the machine is suspended. */
  monotonic(): number
}

/** The clocks of this machine: the only caller of `Date.now` in the project. */
export function systemTime(): TimeSources {
  return { wall: () => Date.now(), monotonic: () => performance.now() }
}

/** The wall clock of the machine, unguarded: for what stamps nothing. */
export function systemClock(): Clock {
  return { now: systemTime().wall }
}
