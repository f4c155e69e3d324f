import { businessDay, formatDay } from '../../model/time.ts'
import { draft, type Happening } from '../cloud-event.ts'
import { madeUpPerson } from '../people.ts'
import { type Random, weighted } from '../random.ts'
import { RHYTHMS } from '../rhythm.ts'
import type { Volumes } from '../volumes.ts'
import { type Process, proneness, type World } from './process.ts'

const drawEquity = weighted([
  ['equity.pledged', 30],
  ['equity.frozen', 15],
  ['ip.pledged', 5],
  ['chattel.mortgaged', 30],
  ['capital-reduction.announced', 20],
] as const)
const NOTICE_DAYS = 45

/** Pledges, freezes and cuts of capital; trademarks. */
export function capitalProcesses(volumes: Volumes, rhythm = RHYTHMS.office): Process[] {
  return [
    { name: 'equity', source: 'registry', rhythm, perDay: volumes.equity, happen: equity },
    {
      name: 'trademark',
      source: 'trademark',
      rhythm,
      perDay: volumes.trademark,
      happen({ census }, random) {
        const subject = census.draw(random)
        if (subject === null) return null
        const classes = Array.from({ length: random.between(1, 3) }, () => random.between(1, 45))
        return draft('trademark.filed', subject, { classes: [...new Set(classes)] })
      },
    },
  ]
}

function equity({ census }: World, random: Random, time: number): ReturnType<Happening['happen']> {
  const type = drawEquity(random)
  const subject =
    type === 'equity.frozen'
      ? census.drawWeighted(random, (each) => proneness(census.risk(each), 'dynamic'))
      : census.draw(random)
  if (subject === null) return null
  const { capital, representative } = census.standing(subject.index)
  const ratio = random.between(1, 10) / 10
  const amount = Math.round(capital * ratio)
  switch (type) {
    case 'equity.pledged':
      return draft(type, subject, { ratio, amount, holder: madeUpPerson(random) })
    case 'equity.frozen':
      return draft(type, subject, { ratio, amount, holder: representative })
    case 'ip.pledged':
    case 'chattel.mortgaged':
      return draft(type, subject, { amount })
    case 'capital-reduction.announced':
      return draft(type, subject, {
        capital: Math.round(capital * (1 - ratio / 2)),
        until: formatDay(businessDay(time) + NOTICE_DAYS),
      })
  }
}
