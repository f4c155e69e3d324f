import { describe, expect, test } from 'vitest'
import { CAREER_NAMES, CAREERS } from '../../src/simulate/incidents/careers.ts'
import { DETECTORS, NOT_PLANTABLE } from '../../src/simulate/incidents/detectors.ts'
import { STORIES, STORY_NAMES, type StoryName } from '../../src/simulate/incidents/stories/stories.ts'
import { createProvince, type ProvinceOptions } from '../../src/simulate/province.ts'
import { TRIGGERS } from './triggers/triggers.ts'
import { listen } from './triggers/view.ts'

const MONDAY_NOON = Date.parse('2026-11-09T12:00:00+08:00')
const DAY_MS = 86_400_000
const SMALL = {
  enterprises: 800,
  rate: 0,
  rhythm: 'even',
  days: 14,
  start: MONDAY_NOON,
} satisfies Partial<ProvinceOptions>

/** Everything a province tells up to so long after its last incident. */
function* eventsOf(province: ReturnType<typeof createProvince>) {
  yield* province.initial()
  yield* province.events()
}

function heardOf(kind: StoryName, seed: string, at: number) {
  const province = createProvince({ ...SMALL, seed, incidents: [{ kind, at }] })
  const [incident] = province.truth
  if (incident === undefined) throw new Error(`${kind} was not planted`)
  const trigger = TRIGGERS[incident.code]
  if (trigger === undefined) throw new Error(`no trigger of ${incident.code}`)
  const last = Math.max(...[incident.ends, incident.trips ?? incident.ends].map((time) => Date.parse(time)))
  return { incident, heard: listen(eventsOf(province), incident, trigger, last + 45 * DAY_MS) }
}

const time = (text: string | null) => (text === null ? null : Date.parse(text))
const shown = (instant: number | null) => (instant === null ? null : new Date(instant).toISOString())

describe.each([
  ['1', 30],
  ['shanxi', 3 * 86_400 + 7_200],
])('planted with seed %s, %d seconds after now', (seed, at) => {
  test.each(STORY_NAMES)('%s: the catalogue’s trigger says of it what the truth says', (kind) => {
    const { incident, heard } = heardOf(kind, seed, at)
    expect({ first: shown(heard.first), level: heard.level }).toEqual({
      first: shown(time(incident.trips)),
      level: incident.level,
    })
    if (incident.withdrawn !== null) expect(shown(heard.silent)).toBe(shown(time(incident.withdrawn)))
  })
})

test('every detector of the catalogue has an incident and a decoy, or the truth says why not', () => {
  const missing = new Set(NOT_PLANTABLE.filter(({ wholly }) => wholly).map(({ code }) => code))
  for (const code of Object.keys(DETECTORS)) {
    const stories = STORY_NAMES.map((name) => STORIES[name]).filter((story) => story.code === code)
    if (missing.has(code)) expect(stories).toEqual([])
    // Of serial claimants nobody is warned: there is nothing but decoys.
    else if (code !== 'CMP-03')
      expect(
        stories.some(({ decoy }) => !decoy),
        code,
      ).toBe(true)
    if (!missing.has(code))
      expect(
        stories.some(({ decoy }) => decoy),
        code,
      ).toBe(true)
  }
  expect(Object.keys(DETECTORS).length).toBe(63)
})

test.each(CAREER_NAMES)('%s is the career of one household', (kind) => {
  const province = createProvince({ ...SMALL, seed: '1', incidents: [{ kind, at: 60 }] })
  expect(province.truth.map((incident) => incident.kind).sort()).toEqual(
    CAREERS[kind].chapters.map(({ story }) => story).sort(),
  )
  const inAll = province.truth.reduce<string[]>(
    (shared, { enterprises }, chapter) =>
      chapter === 0 ? [...enterprises] : shared.filter((code) => enterprises.includes(code)),
    [],
  )
  const sharedAgent = new Set(province.truth.map(({ key }) => `${key.kind} ${key.key}`)).size === 1
  expect(inAll.length > 0 || sharedAgent, kind).toBe(true)
  const years = province.truth.map(({ trips, ends }) => Date.parse(trips ?? ends))
  expect(Math.max(...years) - Math.min(...years)).toBeGreaterThan(150 * DAY_MS)
})
