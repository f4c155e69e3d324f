import { draft } from '../cloud-event.ts'
import { ordinaryComplaint } from '../complaint.ts'
import type { Subject } from '../population.ts'
import { type Random, type Streams, weighted } from '../random.ts'
import { officeTimeAfter, RHYTHMS } from '../rhythm.ts'
import type { BusyRespondents } from './busy-respondents.ts'
import type { Process, World } from './process.ts'

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

/** Complaints of consumers, each closed by mediation within a fortnight (the law allows 45 working days). */
export function complaintProcess(
  perDay: number,
  busy: BusyRespondents,
  consumers: Streams,
  rhythm = RHYTHMS.evening,
): Process {
  const shareOfBusy = perDay > 0 ? busy.perWeek / 7 / perDay : 0
  return {
    name: 'complaint',
    source: 'consumer',
    rhythm,
    perDay,
    happen(world, random, time, id) {
      const respondent = random.chance(shareOfBusy) ? busy.draw(random) : drawShop(world, random)
      if (respondent === null) return null
      const serial = random.chance(BY_SERIAL_CLAIMANTS)
      const consumer = consumers.at(serial ? random.between(1, SERIAL_CLAIMANTS) : random.between(100, 2 ** 31 - 1))
      const complaint = ordinaryComplaint(respondent, consumer, random, id)
      const closing = officeTimeAfter(random, time, random.between(FASTEST_DAYS, SLOWEST_DAYS))
      const outcome = drawOutcome(random)
      world.agenda.note(closing, {
        source: 'consumer',
        happen: () => draft('complaint.closed', respondent, { number: id, outcome }),
      })
      return complaint
    },
  }
}

/** A living enterprise, those with many consumers more often. */
function drawShop(world: World, random: Random): Subject | null {
  for (let tries = 0; tries < TRIES; tries++) {
    const subject = world.census.draw(random)
    if (subject === null || random.chance(subject.line.complaints)) return subject
  }
  return null
}
