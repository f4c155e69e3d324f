import { businessDay, formatDay } from '../../model/time.ts'
import { draft } from '../cloud-event.ts'
import { weighted } from '../random.ts'
import { officeTimeAfter, RHYTHMS } from '../rhythm.ts'
import { type HiddenRisk, problemChance } from '../risk.ts'
import { SEASONS } from '../seasons.ts'
import type { Volumes } from '../volumes.ts'
import { later, type Process, proneness } from './process.ts'

const drawInspection = weighted([
  ['random', 70],
  ['targeted', 15],
  ['special', 10],
  ['proactive', 5],
] as const)
const drawProblem = weighted([
  ['rectify', 50],
  ['not-disclosed', 20],
  ['unreachable', 12],
  ['failed', 12],
  ['fraudulent', 3],
  ['uncooperative', 3],
] as const)
const drawGood = weighted([
  ['normal', 92],
  ['no-related-business', 6],
  ['pending', 2],
] as const)
const RECTIFY_WITHIN_DAYS = 15
/** Share of the orders to rectify that are obeyed in time, by the best; the worst obey a third of them. */
const OBEYED = 0.95
const LICENCES = ['食品经营许可', '医疗器械经营许可', '特种设备使用登记', '危险化学品经营许可'] as const
const YEAR_DAYS = 365
const drawLicence = weighted([
  ['licence.granted', 36],
  ['licence.renewed', 52],
  ['licence.expired', 10],
  ['licence.revoked', 2],
] as const)

const obeys = ({ causes }: HiddenRisk) => Math.max(0.33, OBEYED - 0.15 * Math.max(0, causes.supervision))

/** Inspections (with what is put right afterwards), orders and licences. */
export function supervisionProcesses(volumes: Volumes, rhythm = RHYTHMS.office): Process[] {
  return [
    {
      name: 'inspection',
      source: 'inspection',
      rhythm,
      season: SEASONS.inspection(),
      perDay: volumes.inspection,
      happen(world, random, time) {
        const { census } = world
        const kind = drawInspection(random)
        const targeted = kind === 'targeted' || kind === 'special'
        const subject = targeted
          ? census.drawWeighted(random, (each) => proneness(census.risk(each)))
          : census.draw(random)
        if (subject === null) return null
        const risk = census.risk(subject)
        const today = businessDay(time)
        const plan = `${formatDay(today).slice(0, 4)}-SSJ-${random.between(1, 400)}`
        const result = random.chance(problemChance(risk.latent)) ? drawProblem(random) : drawGood(random)
        if (result !== 'rectify') return draft('inspection.completed', subject, { plan, kind, result })
        if (random.chance(obeys(risk))) {
          const done = officeTimeAfter(random, time, random.between(2, RECTIFY_WITHIN_DAYS))
          later(world, done, 'inspection', () => draft('inspection.rectified', subject, { plan }))
        }
        const rectifyBy = formatDay(today + RECTIFY_WITHIN_DAYS)
        return draft('inspection.completed', subject, { plan, kind, result, rectifyBy })
      },
    },
    {
      name: 'order',
      source: 'enforcement',
      rhythm,
      perDay: volumes.order,
      happen(world, random, time, id) {
        const { census } = world
        const subject = census.drawWeighted(random, (each) => proneness(census.risk(each), 'supervision'))
        if (subject === null) return null
        const number = `责改${id}`
        if (random.chance(obeys(census.risk(subject)))) {
          const done = officeTimeAfter(random, time, random.between(3, RECTIFY_WITHIN_DAYS))
          later(world, done, 'enforcement', () => draft('order.fulfilled', subject, { number }))
        }
        return draft('order.issued', subject, { number, due: formatDay(businessDay(time) + RECTIFY_WITHIN_DAYS) })
      },
    },
    {
      name: 'licence',
      source: 'licence',
      rhythm,
      perDay: volumes.licence,
      happen({ census }, random, time, id) {
        const type = drawLicence(random)
        const subject =
          type === 'licence.revoked'
            ? census.drawWeighted(random, (each) => proneness(census.risk(each)))
            : census.draw(random)
        if (subject === null) return null
        const ends = type === 'licence.expired' || type === 'licence.revoked'
        const validUntil = formatDay(businessDay(time) + (ends ? 0 : 5 * YEAR_DAYS))
        return draft(type, subject, { number: `XK${id}`, kind: random.pick(LICENCES), validUntil })
      },
    },
  ]
}
