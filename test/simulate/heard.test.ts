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
  setting.clock.time = Math.max(province.now, Date.parse(incident.ends))
  const events = [...province.initial()]
  for (const { at, event } of province.told()) {
    if (at > Date.parse(incident.ends)) break
    events.push(event)
  }
  await setting.send(...events)
  const pass = await passOffline({ epoch: setting.log.epoch, messages: setting.log.messages })
  return { incident, alerts: [...pass.alerts.values()].filter(({ detector }) => detector === incident.detector) }
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
