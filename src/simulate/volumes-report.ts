import { formatDay } from '../model/time.ts'
import { barChart } from './bar-chart.ts'
import { isWorkday, weekday } from './calendar.ts'
import { figuresOf, hoursOf, type YearBook } from './year-book.ts'

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const small = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 })
const shown = (value: number) => (value < 100 ? small : whole).format(value)

/** The volumes of a simulated year beside those of the field, as Markdown. @param scale of the whole to what was counted */
export function volumesTable(book: YearBook, scale: number): string {
  const figures = figuresOf(book, scale).map(({ name, counted, field }) => `| ${name} | ${shown(counted)} | ${field} |`)
  const workdays = book.days.filter(({ day }) => isWorkday(day)).length
  const types = [...book.byType]
    .sort((a, b) => b[1] - a[1])
    .map(([type, count]) => `| ${type} | ${shown((count * scale) / workdays)} |`)
  return `| volume | simulated | DOMAIN |
|---|---|---|
${figures.join('\n')}

| type | a working day of the year |
|---|---|
${types.join('\n')}
`
}

/** Pictures of a day, a week and a year, SVG by name. */
export function volumesPictures(book: YearBook, scale: number): Record<'day' | 'week' | 'year', string> {
  const ordinary = book.days.findIndex(({ day }) => weekday(day) === 0 && weekOf(book, day).every(isOrdinary))
  const monday = book.days[Math.max(0, ordinary)]?.day ?? 0
  const days = Array.from({ length: 7 }, (_, number) => monday + number)
  const scaled = (values: readonly number[]) => values.map((value) => value * scale)
  return {
    day: barChart({
      title: `Events an hour, ${formatDay(monday + 1)}`,
      values: scaled(hoursOf(book, monday + 1)),
      labels: (hour) => (hour % 3 === 0 ? `${hour}:00` : ''),
    }),
    week: barChart({
      title: `Events an hour, the week from ${formatDay(monday)}`,
      values: scaled(days.flatMap((day) => hoursOf(book, day))),
      labels: (hour) => (hour % 24 === 0 ? formatDay(monday + hour / 24).slice(5) : ''),
    }),
    year: barChart({
      title: `Events a day, ${formatDay(book.days[0]?.day ?? 0)} to ${formatDay(book.days.at(-1)?.day ?? 0)}`,
      values: scaled(book.days.map(({ all }) => all)),
      labels: (number) => {
        const day = formatDay(book.days[number]?.day ?? 0)
        return day.endsWith('-01') ? day.slice(0, 7) : ''
      },
    }),
  }
}

const weekOf = (book: YearBook, monday: number) => book.days.filter(({ day }) => day >= monday && day < monday + 7)
/** Five workdays and a weekend, and no batches to speak of. */
const isOrdinary = ({ day, all, batches }: YearBook['days'][number]) =>
  isWorkday(day) === weekday(day) < 5 && batches < 0.2 * Math.max(1, all)
