import { draft } from '../cloud-event.ts'
import { weighted } from '../random.ts'
import { RHYTHMS } from '../rhythm.ts'
import type { Volumes } from '../volumes.ts'
import type { Process } from './process.ts'

const drawTaxStatus = weighted([
  ['normal', 88],
  ['none', 9],
  ['arrears', 3],
] as const)

/** What other departments deliver at night; they take up whatever the rate asks for beyond the counters. */
export function interfaceProcesses(volumes: Volumes, rhythm = RHYTHMS.night): Process[] {
  return [
    {
      name: 'tax',
      source: 'tax',
      rhythm,
      perDay: volumes.tax,
      happen({ census }, random) {
        const subject = census.draw(random)
        if (subject === null) return null
        return draft('tax.reported', subject, { status: drawTaxStatus(random) })
      },
    },
    {
      name: 'insurance',
      source: 'insurance',
      rhythm,
      perDay: volumes.insurance,
      happen({ census }, random) {
        const subject = census.draw(random)
        if (subject === null) return null
        const insured = Math.floor(random.exponential() * 8)
        return draft('insurance.reported', subject, { insured })
      },
    },
  ]
}
