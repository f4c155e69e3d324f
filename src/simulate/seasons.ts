import { dateOf, dayOf, isWorkday, springFestival, yearOf } from './calendar.ts'

/** How much more or less of a kind of thing happens on a business day than on others of its weekday; 1 is ordinary. */
export type Season = (day: number) => number

/** Remembers the last day asked about: arrivals ask hour by hour. */
export function byDay(season: Season): Season {
  let last = Number.NaN
  let factor = 1
  return (day) => {
    if (day !== last) [last, factor] = [day, season(day)]
    return factor
  }
}

/** Days from the lunar New Year of the same calendar year; negative before it. */
const fromNewYear = (day: number) => day - springFestival(yearOf(day))

const within = (value: number, from: number, to: number) => value >= from && value <= to

export const SEASONS = {
  none: () => () => 1,
  /** Consumer day (15 March), 618, 11-11, and the quiet of Spring Festival. */
  consumer: () =>
    byDay((day) => {
      const { month, date } = dateOf(day)
      const sinceNewYear = fromNewYear(day)
      if (within(sinceNewYear, -2, 6)) return 0.5
      if (within(sinceNewYear, 7, 14)) return 1.1
      if (month === 3 && within(date, 13, 14)) return 1.2
      if (month === 3 && within(date, 15, 17)) return 1.9
      if (month === 3 && within(date, 18, 24)) return 1.3
      if (month === 6 && within(date, 16, 26)) return 1.35
      if (month === 11 && within(date, 10, 12)) return 1.4
      if (month === 11 && within(date, 13, 24)) return 1.6
      return 1
    }),
  /** Registries before and after Spring Festival, and the end of the year. */
  office: () =>
    byDay((day) => {
      const sinceNewYear = fromNewYear(day)
      if (within(sinceNewYear, -12, -1)) return 0.65
      if (within(sinceNewYear, 7, 28)) return 1.25
      return dateOf(day).month === 12 ? 1.08 : 1
    }),
  /** Inspections are planned in spring and done in autumn. */
  inspection: () =>
    byDay((day) => {
      const { month } = dateOf(day)
      if (month <= 2) return 0.45
      return month >= 8 && month <= 11 ? 1.4 : 1
    }),
  /** Annual reports: due from January to June; most come in June, and most of those in its last days. */
  annualReports: () =>
    byDay((day) => {
      const { month, date } = dateOf(day)
      if (month > 6) return 0
      const office = isWorkday(day) ? 1 : 0.15
      if (month < 6) return office * ([0.12, 0.1, 0.25, 0.35, 0.5][month - 1] as number)
      return office * (date < 11 ? 1.15 : date < 21 ? 1.45 : 1.65)
    }),
  /** The batch of those who did not report: the first ten days of July. */
  julyBatch: () =>
    byDay((day) => {
      const { month, date } = dateOf(day)
      return month === 7 && within(date, 1, 12) && isWorkday(day) ? 1 : 0
    }),
  /** Monthly tables of tax and social insurance: the nights of the 16th to the 20th. */
  monthlyBatch: () => byDay((day) => (within(dateOf(day).date, 16, 20) ? 1 : 0)),
} as const satisfies Record<string, () => Season>

/** The sum of a season's factors over a calendar year: what a yearly task is dealt out by. */
export function yearTotal(season: Season, year: number): number {
  let total = 0
  for (let day = dayOf(year, 1, 1); day < dayOf(year + 1, 1, 1); day++) total += season(day)
  return total
}
