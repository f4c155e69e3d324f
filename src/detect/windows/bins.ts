import { businessDay, businessDayStart, HOUR_MS, hourBin } from '../../model/time.ts'

/**
 * What a detector's time is cut into: business days (+08:00), or hours when it declares a window under three days.
 * A business day starts on a whole hour, so a window of days over bins of hours is exact too.
 */
export type BinUnit = 'day' | 'hour'

export const BINS_A_DAY = { day: 1, hour: 24 } as const

/** Number of the bin that holds the instant (epoch milliseconds). */
export function binOf(unit: BinUnit, time: number): number {
  return unit === 'day' ? businessDay(time) : hourBin(time)
}

/** First millisecond (inclusive) of a bin. */
export function binStart(unit: BinUnit, bin: number): number {
  return unit === 'day' ? businessDayStart(bin) : bin * HOUR_MS
}

/** First bin of a business day. */
export function firstBinOfDay(unit: BinUnit, day: number): number {
  return unit === 'day' ? day : hourBin(businessDayStart(day))
}
