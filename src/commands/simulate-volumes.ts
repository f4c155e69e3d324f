import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { businessDay, businessDayStart, DAY_MS, formatDay } from '../model/time.ts'
import { createProvince } from '../simulate/province.ts'
import { volumesPictures, volumesTable } from '../simulate/volumes-report.ts'
import { keepBook } from '../simulate/year-book.ts'

/** DOMAIN section 7: 4.3 million entities, 1.2 million of them enterprises, 14,000 routine events a working day. */
const WHOLE = { enterprises: 1_200_000, soleTraders: 3_100_000, rate: 0.123 }
const DAYS = 365

/**
 * Counts a year of the whole province, or of a part of it times what it is a part of, as real feeds tell it.
 *
 * @param now the year ends with the business day before @param part 1: the whole; 20: a twentieth
 * @param pictures directory for day.svg, week.svg and year.svg
 * @returns the table, as Markdown
 */
export async function volumes(seed: string, now: number, part: number, pictures: string | null): Promise<string> {
  const to = businessDayStart(businessDay(now))
  const from = to - DAYS * DAY_MS
  const province = createProvince({
    seed,
    enterprises: Math.round(WHOLE.enterprises / part),
    soleTraders: Math.round(WHOLE.soleTraders / part),
    rate: WHOLE.rate / part,
    days: DAYS,
    start: from,
    faults: 'usual',
  })
  const book = keepBook(province.told(), from, to)
  if (pictures !== null) {
    await mkdir(pictures, { recursive: true })
    for (const [name, svg] of Object.entries(volumesPictures(book, part))) {
      await writeFile(join(pictures, `${name}.svg`), svg)
    }
  }
  const scale = part === 1 ? 'the whole province' : `a province of 1:${part}, times ${part} but for bursts`
  return `A year before ${formatDay(businessDay(now))}, ${scale}, ${book.events} events:\n\n${volumesTable(book, part)}`
}
