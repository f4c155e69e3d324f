import { drawCounty, neighboursOf } from '../../areas.ts'
import type { Grievance } from '../../complaint.ts'
import type { Enterprise } from '../../population.ts'
import { complain, inLine, lineOf, settle } from '../deeds.ts'
import { decoy, incident, type Outcome, type Scene } from '../scene.ts'

const COURSE: Grievance = { issue: 'contract', text: '培训机构停课，剩余课时不退', amount: 3_000 }

/** ARE-01: more than one enterprise, none of them much. */
export const areaStories = {
  'area-hotspot': incident(
    'ARE-01',
    'training schools of one county draw twenty-four complaints in a week, eight schools three each',
    (scene) => schools(scene, true),
    { size: 24, lasts: 6 * 3_600 },
  ),
  'common-shock': decoy(
    'ARE-01',
    'training schools of the whole city draw complaints at once, in every county as many',
    (scene) => schools(scene, false),
    { size: 24, lasts: 6 * 3_600 },
  ),
} as const

const SCHOOLS = 8

function schools(scene: Scene, here: boolean): Outcome | null {
  let region = drawCounty(scene.random)
  while (neighboursOf(region).length < 3) region = drawCounty(scene.random)
  const line = lineOf('8391')
  const counties = [region, ...neighboursOf(region).slice(0, 3)]
  const founded = counties.map((county, place) =>
    Array.from({ length: SCHOOLS }, (_, number) =>
      settle(scene, scene.ago(600 + number), inLine(scene.newcomer(place * SCHOOLS + number, county), line)),
    ),
  )
  // One complaint a school in the quarter before, in all four counties.
  for (const county of founded) {
    for (const [number, school] of county.entries()) complain(scene, scene.ago(20 + number * 8), school, COURSE)
  }
  const times = scene.times(scene.size)
  for (const [number, time] of times.entries()) {
    for (const county of here ? founded.slice(0, 1) : founded) {
      complain(scene, time, county[number % SCHOOLS] as Enterprise, COURSE)
    }
  }
  return {
    key: { kind: 'area', key: `${region} ${line.code.slice(0, 2)}` },
    name: line.trade,
    region,
    enterprises: (founded[0] ?? []).map(({ code }) => code),
    level: here ? 'orange' : null,
    trips: here ? (times[10] ?? null) : null,
  }
}
