import { describe, expect, test } from 'vitest'
import { detectors } from '../../detectors/index.ts'
import { passOffline } from '../../src/offline-pass.ts'
import { STORIES, STORY_NAMES, type StoryName } from '../../src/simulate/incidents/stories/stories.ts'
import { createProvince } from '../../src/simulate/province.ts'
import { createSetting } from '../ingest/setting.ts'

const START = Date.parse('2026-11-24T12:00:00+08:00')
const known = new Set<string>(detectors.map(({ code }) => code))
const heard = STORY_NAMES.filter((name) => known.has(STORIES[name].code))

/** One story, through the real door and the real detectors: the alerts of the story's detector. */
async function alertsOf(kind: StoryName) {
  const incidents = [{ kind, at: 30 }]
  const options = { seed: '1', enterprises: 600, rate: 0, days: 0.5, start: START, rhythm: 'even', incidents } as const
  const province = createProvince(options)
  const [incident] = province.truth
  if (incident === undefined) throw new Error(`${kind} was not planted`)
  const setting = createSetting()
  await setting.writer.start()
  const ends = Date.parse(incident.ends)
  const told = [...untilThen(province.told(), ends)]
  const history = [...province.initial(), ...told.filter(({ at }) => at <= START).map(({ event }) => event)]
  const live = told.filter(({ at }) => at > START).map(({ event }) => event)
  setting.clock.time = START
  if (history.length > 0) await setting.send(...history)
  setting.clock.time = Math.max(province.now, ends)
  if (live.length > 0) await setting.send(...live)
  const events = [...history, ...live]
  // What rests on absence is held until the source has said that it told everything.
  for (const source of new Set(events.map(({ source }) => source)))
    await setting.writer.control({
      type: 'yujing.completeness',
      data: { source, through: setting.clock.time, by: 'test' },
    })
  const pass = await passOffline({ epoch: setting.log.epoch, messages: setting.log.messages })
  return { incident, alerts: [...pass.alerts.values()].filter(({ detector }) => detector === incident.detector) }
}

function* untilThen<T extends { readonly at: number }>(told: Iterable<T>, ends: number): Generator<T> {
  for (const one of told) {
    if (one.at > ends) return
    yield one
  }
}

test('there are stories for the detectors that exist', () => {
  expect(heard.length).toBeGreaterThanOrEqual(5)
})

describe('a detector that exists', () => {
  test.each(heard)('%s: says of it what the truth says', async (kind) => {
    const { incident, alerts } = await alertsOf(kind)
    const standing = alerts.filter(({ withdrawn }) => !withdrawn)
    if (incident.level === null) expect(standing).toEqual([])
    else if (incident.withdrawn === null) expect(standing.map(({ level }) => level)).toEqual([incident.level])
    else expect(alerts.length).toBe(1)
  })
})
