import { businessDay, formatDay } from '../../model/time.ts'
import { draft } from '../cloud-event.ts'
import { weighted } from '../random.ts'
import { officeTimeAfter, RHYTHMS } from '../rhythm.ts'
import type { Volumes } from '../volumes.ts'
import type { Process } from './process.ts'

const drawInspection = weighted([
  ['random', 70],
  ['targeted', 15],
  ['special', 10],
  ['proactive', 5],
] as const)
const drawResult = weighted([
  ['normal', 80],
  ['rectify', 9],
  ['not-disclosed', 4],
  ['unreachable', 3],
  ['no-related-business', 3],
  ['failed', 1],
] as const)
const RECTIFY_WITHIN_DAYS = 15
/** Share of the orders to rectify that are obeyed in time. */
const OBEYED = 0.9
const LICENCES = ['食品经营许可', '医疗器械经营许可', '特种设备使用登记', '危险化学品经营许可'] as const
const YEAR_DAYS = 365

/** Inspections (with what is put right afterwards) and licences. */
export function supervisionProcesses(volumes: Volumes, rhythm = RHYTHMS.office): Process[] {
  return [
    {
      name: 'inspection',
      source: 'inspection',
      rhythm,
      perDay: volumes.inspection,
      happen({ census, agenda }, random, time) {
        const subject = census.draw(random)
        if (subject === null) return null
        const today = businessDay(time)
        const plan = `${formatDay(today).slice(0, 4)}-SSJ-${random.between(1, 400)}`
        const [kind, result] = [drawInspection(random), drawResult(random)]
        if (result !== 'rectify') return draft('inspection.completed', subject, { plan, kind, result })
        if (random.chance(OBEYED)) {
          const done = officeTimeAfter(random, time, random.between(2, RECTIFY_WITHIN_DAYS))
          const rectified = draft('inspection.rectified', subject, { plan })
          agenda.note(done, { source: 'inspection', happen: () => rectified })
        }
        const rectifyBy = formatDay(today + RECTIFY_WITHIN_DAYS)
        return draft('inspection.completed', subject, { plan, kind, result, rectifyBy })
      },
    },
    {
      name: 'licence',
      source: 'licence',
      rhythm,
      perDay: volumes.licence,
      happen({ census }, random, time, id) {
        const subject = census.draw(random)
        if (subject === null) return null
        const type = random.chance(0.4) ? 'licence.granted' : 'licence.renewed'
        const validUntil = formatDay(businessDay(time) + 5 * YEAR_DAYS)
        const kind = random.pick(LICENCES)
        return draft(type, subject, { number: `XK${id}`, kind, validUntil })
      },
    },
  ]
}
