import { createHash } from 'node:crypto'
import { businessDay, businessDayStart, formatDay } from '../model/time.ts'
import { type CloudEvent, type Draft, SOURCES, type SourceName } from './cloud-event.ts'

/** Makes an event of a draft; null when nothing has happened (its number is then left out). */
export type Stamp = (
  source: SourceName,
  time: number,
  make: (id: string) => Draft | null,
  backfill: boolean,
) => CloudEvent | null

/** Twelve characters of a hash: what tells the ids of one simulation from those of another. */
export function runMark(options: unknown): string {
  return createHash('sha256').update(JSON.stringify(options)).digest('hex').slice(0, 12)
}

/**
 * Ids as the real systems give them, prefix, day, number: `12315-20261123-9f3a2c61d07b-000123`. Each source counts by
 * itself, so the ids are a function of the order of events alone.
 *
 * @param run mark of the simulation @param series tells apart what is counted separately
 */
export function createStamp(run: string, series: string): Stamp {
  const counts = new Map<SourceName, number>()
  const clock = createTimeFormat()
  return (name, time, make, backfill) => {
    const number = (counts.get(name) ?? 0) + 1
    counts.set(name, number)
    const { source, prefix } = SOURCES[name]
    const { day, text } = clock(time)
    const id = `${prefix}-${day}-${run}-${series}${String(number).padStart(6, '0')}`
    const draft = make(id)
    if (draft === null) return null
    return eventOf(draft, { id, source, time: text }, backfill)
  }
}

/** Written out for the two usual cases: a literal costs a third of one that is put together of spreads. */
function eventOf(
  draft: Draft,
  { id, source, time }: Pick<CloudEvent, 'id' | 'source' | 'time'>,
  backfill: boolean,
): CloudEvent {
  const { type, subject, region, industry, data, retracts } = draft
  const specversion = '1.0'
  const datacontenttype = 'application/json'
  if (subject !== '' && industry !== '' && retracts === undefined) {
    return backfill
      ? { specversion, id, source, type, subject, time, region, industry, datacontenttype, backfill, data }
      : { specversion, id, source, type, subject, time, region, industry, datacontenttype, data }
  }
  return {
    specversion,
    id,
    source,
    type,
    ...(subject !== '' && { subject }),
    time,
    region,
    ...(industry !== '' && { industry }),
    datacontenttype,
    ...(backfill && { backfill }),
    ...(retracts !== undefined && { retracts }),
    data,
  }
}

const pad = (value: number, length: number) => String(10 ** length + value).slice(1)

/** `formatTime` of the model, but each day is written once: events come day by day. */
function createTimeFormat(): (time: number) => { day: string; text: string } {
  let known = Number.NaN
  let start = 0
  let date = ''
  let day = ''
  return (time) => {
    const at = businessDay(time)
    if (at !== known) {
      known = at
      start = businessDayStart(at)
      date = formatDay(at)
      day = date.replaceAll('-', '')
    }
    const ms = time - start
    const seconds = Math.floor(ms / 1_000)
    const clock = `${pad(Math.floor(seconds / 3_600), 2)}:${pad(Math.floor(seconds / 60) % 60, 2)}:${pad(seconds % 60, 2)}`
    const fraction = ms % 1_000 === 0 ? '' : `.${pad(ms % 1_000, 3)}`
    return { day, text: `${date}T${clock}${fraction}+08:00` }
  }
}
