import { draft } from '../cloud-event.ts'
import { identified, ordinaryComplaint } from '../complaint.ts'
import { madeUpPerson } from '../people.ts'
import type { Subject } from '../population.ts'
import { type Random, type Streams, weighted } from '../random.ts'
import { officeTimeAfter, RHYTHMS } from '../rhythm.ts'
import { SEASONS } from '../seasons.ts'
import type { Volumes } from '../volumes.ts'
import type { BusyRespondents } from './busy-respondents.ts'
import { later, type Process, proneness, type World } from './process.ts'

const drawOutcome = weighted([
  ['settled', 62],
  ['failed', 22],
  ['refused', 9],
  ['withdrawn', 7],
] as const)
const FASTEST_DAYS = 1
const SLOWEST_DAYS = 14
/** A handful of people who complain for a living: each of their complaints is at another shop. */
const SERIAL_CLAIMANTS = 5
const BY_SERIAL_CLAIMANTS = 0.02
const TRIES = 60
/** Complainants know the sign over the door, not always whose it is. */
const WITHOUT_CODE = 0.03
const drawReport = weighted([
  ['unlicensed', 25],
  ['false-advertising', 25],
  ['counterfeit', 15],
  ['food-safety', 20],
  ['measuring', 5],
  ['price', 10],
] as const)

/** Complaints of consumers, each closed by mediation within a fortnight (the law allows 45 working days). */
export function complaintProcess(
  perDay: number,
  busy: BusyRespondents,
  consumers: Streams,
  rhythm = RHYTHMS.evening,
  season = SEASONS.consumer(),
): Process {
  const shareOfBusy = perDay > 0 ? busy.perWeek / 7 / perDay : 0
  return {
    name: 'complaint',
    source: 'consumer',
    rhythm,
    season,
    perDay,
    happen(world, random, time, id) {
      const respondent = random.chance(shareOfBusy) ? busy.draw(random) : drawShop(world, random)
      if (respondent === null) return null
      const serial = random.chance(BY_SERIAL_CLAIMANTS)
      const consumer = consumers.at(serial ? random.between(1, SERIAL_CLAIMANTS) : random.between(100, 2 ** 31 - 1))
      const complaint = ordinaryComplaint(respondent, consumer, random, id)
      const closing = officeTimeAfter(random, time, random.between(FASTEST_DAYS, SLOWEST_DAYS))
      const outcome = drawOutcome(random)
      later(world, closing, 'consumer', () => draft('complaint.closed', respondent, { number: id, outcome }))
      if (!random.chance(WITHOUT_CODE)) return complaint
      const { name, premises } = world.census.standing(respondent.index)
      return { ...complaint, subject: '', data: { ...complaint.data, respondent: { name, address: premises.address } } }
    },
  }
}

/** Reports of offences, what is said of enterprises in public, and attempts to reach them. */
export function publicProcesses(volumes: Volumes, rhythm = RHYTHMS.evening, season = SEASONS.consumer()): Process[] {
  return [
    {
      name: 'report',
      source: 'consumer',
      rhythm,
      season,
      perDay: volumes.report,
      happen(world, random, _, id) {
        const subject = drawShop(world, random)
        if (subject === null) return null
        const reporter = identified(madeUpPerson(random), random)
        return draft('report.filed', subject, {
          number: id,
          ...(reporter !== undefined && { reporter }),
          issue: drawReport(random),
          category: subject.line.trade,
          text: '反映该企业涉嫌违法经营，请依法查处',
        })
      },
    },
    {
      name: 'opinion',
      source: 'monitoring',
      rhythm,
      season,
      perDay: volumes.opinion,
      happen(world, random) {
        const subject = drawShop(world, random)
        if (subject === null) return null
        const mood = -0.3 * world.census.risk(subject).causes.publicEvaluation + 0.4 * random.normal()
        const sentiment = Math.round(Math.max(-1, Math.min(1, mood)) * 100) / 100
        return draft('opinion.reported', subject, {
          sentiment,
          source: random.pick(['本地论坛', '短视频', '点评网站']),
        })
      },
    },
    {
      name: 'contact',
      source: 'credit',
      rhythm: rhythm === RHYTHMS.evening ? RHYTHMS.office : rhythm,
      perDay: volumes.contact,
      happen({ census }, random) {
        const subject = census.drawWeighted(random, (each) => proneness(census.risk(each), 'basic'))
        if (subject === null) return null
        return draft('contact.failed', subject, { channel: random.pick(['phone', 'phone', 'mail', 'visit'] as const) })
      },
    },
  ]
}

/** A living enterprise, those with many consumers more often, and those that treat them badly. */
function drawShop({ census }: World, random: Random): Subject | null {
  for (let tries = 0; tries < TRIES; tries++) {
    const subject = census.draw(random)
    if (subject === null) return null
    const weight = subject.line.complaints
    if (random.chance(weight) && random.chance(Math.min(1, 0.4 * Math.exp(0.35 * badness(census.risk(subject)))))) {
      return subject
    }
  }
  return null
}

const badness = (risk: ReturnType<World['census']['risk']>) => risk.causes.publicEvaluation
