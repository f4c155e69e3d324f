import { createHash } from 'node:crypto'
import { businessDay, formatDay, formatTime } from '../model/time.ts'
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
  return (name, time, make, backfill) => {
    const number = (counts.get(name) ?? 0) + 1
    counts.set(name, number)
    const { source, prefix } = SOURCES[name]
    const day = formatDay(businessDay(time)).replaceAll('-', '')
    const id = `${prefix}-${day}-${run}-${series}${String(number).padStart(6, '0')}`
    const draft = make(id)
    if (draft === null) return null
    const { type, subject, region, industry, data } = draft
    return {
      specversion: '1.0',
      id,
      source,
      type,
      subject,
      time: formatTime(time),
      region,
      industry,
      datacontenttype: 'application/json',
      ...(backfill && { backfill }),
      data,
    }
  }
}
