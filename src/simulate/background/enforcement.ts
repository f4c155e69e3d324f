import { areaName } from '../../model/area.ts'
import { businessDay, formatDay } from '../../model/time.ts'
import { draft, type Happening } from '../cloud-event.ts'
import { madeUpPerson } from '../people.ts'
import { type Random, weighted } from '../random.ts'
import { officeTimeAfter, RHYTHMS } from '../rhythm.ts'
import type { Volumes } from '../volumes.ts'
import { later, type Process, proneness, type World } from './process.ts'

const DOMAINS = ['食品', '广告', '价格', '产品质量', '特种设备', '无证无照', '计量', '商标'] as const
const drawMeasures = weighted([
  [['fine'], 60],
  [['formal-warning'], 20],
  [['fine', 'confiscation'], 15],
  [['suspension'], 3],
  [['revocation'], 1],
  [['criticism'], 1],
] as const)
const PAY_WITHIN_DAYS = 15
/** What becomes of a penalty. */
const drawFate = weighted([
  ['penalty.settled', 86],
  ['penalty.suspended', 2],
  ['penalty.annulled', 2],
  [null, 10],
] as const)
const drawReason = weighted([
  ['unreachable', 60],
  ['no-annual-report', 15],
  ['undisclosed', 20],
  ['false', 5],
] as const)
const LEAVES = 0.4
const SERIOUS = 0.05

type Answer = ReturnType<Happening['happen']>

/** Cases and penalties, the lists of the untrustworthy, barred persons, disputed records. */
export function enforcementProcesses(volumes: Volumes, rhythm = RHYTHMS.office): Process[] {
  return [
    { name: 'penalty', source: 'enforcement', rhythm, perDay: volumes.penalty, happen: openCase },
    { name: 'listing', source: 'credit', rhythm, perDay: volumes.listing, happen: list },
    { name: 'dispute', source: 'enforcement', rhythm, perDay: volumes.dispute, happen: dispute },
    {
      name: 'restriction',
      source: 'credit',
      rhythm,
      perDay: volumes.restriction,
      happen({ census }, random, time) {
        const where = census.draw(random)
        if (where === null) return null
        return draft(
          'restriction.imposed',
          { code: '', region: where.region, industry: '' },
          { person: madeUpPerson(random), kind: '三年内不得任职', until: formatDay(businessDay(time) + 3 * 365) },
        )
      },
    },
  ]
}

function drawOffender({ census }: World, random: Random) {
  return census.drawWeighted(random, (each) => proneness(census.risk(each), 'supervision') ** 1.5)
}

/** A case is filed, decided after weeks, paid, closed. */
function openCase(world: World, random: Random, time: number, id: string): Answer {
  const subject = drawOffender(world, random)
  if (subject === null) return null
  const domain = random.pick(DOMAINS)
  const number = `案${id}`
  const decision = `罚${id}`
  const decided = officeTimeAfter(random, time, random.between(20, 90))
  later(world, decided, 'enforcement', () => {
    const fate = drawFate(random)
    const measures = [...drawMeasures(random)]
    const fine = measures.some((measure) => measure === 'fine')
      ? Math.round(2_000 * (1 + random.exponential() ** 3))
      : 0
    const settled = officeTimeAfter(random, decided, random.between(2, PAY_WITHIN_DAYS))
    if (fate !== null) later(world, settled, 'enforcement', () => draft(fate, subject, { decision }))
    const closed = officeTimeAfter(random, settled, random.between(3, 20))
    later(world, closed, 'enforcement', () => draft('case.closed', subject, { number, domain }))
    return draft('penalty.imposed', subject, {
      decision,
      authority: `${areaName(subject.region) ?? ''}市场监督管理局`,
      domain,
      measures,
      ...(fine > 0 && { fine }),
      due: formatDay(businessDay(decided) + PAY_WITHIN_DAYS),
    })
  })
  return draft('case.filed', subject, { number, domain })
}

function list(world: World, random: Random, time: number, id: string): Answer {
  const subject = drawOffender(world, random)
  if (subject === null) return null
  const leaves = random.chance(LEAVES) ? officeTimeAfter(random, time, random.between(30, 200)) : null
  if (random.chance(SERIOUS)) {
    const serious = { reason: '违法行为严重，社会危害较大', decision: `列严${id}` }
    if (leaves !== null) {
      later(world, leaves, 'credit', () => draft('serious-violation-list.left', subject, serious))
    }
    return draft('serious-violation-list.entered', subject, serious)
  }
  const reason = drawReason(random)
  if (leaves !== null) later(world, leaves, 'credit', () => draft('abnormal-list.left', subject, { reason }))
  return draft('abnormal-list.entered', subject, { reason })
}

function dispute(world: World, random: Random, time: number): Answer {
  const subject = drawOffender(world, random)
  if (subject === null) return null
  const of = `ENF-${formatDay(businessDay(time) - random.between(5, 60)).replaceAll('-', '')}-${random.between(1, 999)}`
  later(world, officeTimeAfter(random, time, random.between(5, 30)), 'enforcement', () =>
    draft('fact.resolved', subject, { of, outcome: random.pick(['维持', '更正']) }),
  )
  return draft('fact.disputed', subject, { of })
}
