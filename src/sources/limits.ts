import { HOUR_MS } from '../model/time.ts'

const MINUTE_MS = 60_000

/** Every bound of the watch over the sources. */
export const SOURCE_LIMITS = {
  /** Names that are counted for themselves, and every registered one; whatever else sends is counted as `other`. */
  names: 500,
  /** Texts of `source` whose registered prefix is held in memory. */
  knownSources: 20_000,
  /** How often silence is judged and what was counted is kept, milliseconds: a kill -9 loses the counts since. */
  everyMs: 5_000,
  /** A longer gap between two judgements is a time in which nobody listened: it counts for nothing. */
  blindMs: 2 * MINUTE_MS,
  /** So much of an hour must have been listened to before it teaches what is usual. */
  wholeHourMs: 50 * MINUTE_MS,
  /** Weight of the newest hour or day in what is usual, 0 to 1. */
  learning: 0.25,
  /** Days of a kind (working, off) to be counted before what was declared is forgotten, and before content is checked. */
  learnedDays: 3,
  /** Minutes with events that were usual and did not come, and the quiet time that must have passed with them. */
  late: { missed: 5, quietMs: 15 * MINUTE_MS },
  silent: { missed: 12, quietMs: HOUR_MS },
  /** A source that only declared its volume is expected to be heard at most so often an hour. */
  declaredSignsPerHour: 4,
  /** Share by which a day's count or a rate may be off. */
  deviation: 0.2,
  /** Standard deviations by which a day's count must be off besides: of little much is chance. */
  deviationSigmas: 3,
  /** A county with so many events on a usual day is missed when none comes (chance: 0.03 %). */
  countyUsual: 8,
  /** Events of a day from which on its rates say something. */
  rateLeast: 20,
  /** Counties counted for one source. */
  counties: 400,
} as const
