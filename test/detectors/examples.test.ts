import { describe, expect, it } from 'vitest'
import { runExample } from '../../src/detect/example.ts'
import { everyDetector } from './every.ts'

describe.each(everyDetector)('$code $id', (detector) => {
  it.each(detector.examples.fire)('fires: $name', (example) => {
    const last = runExample(detector, example).at(-1)
    expect(last).toMatchObject({
      detector: detector.id,
      level: example.expect?.level,
      evidence: { observed: example.expect?.observed, threshold: example.expect?.threshold },
      summary: { zh: example.expect?.says },
    })
    expect(last?.summary.en).not.toBe('')
  })

  it.each(detector.examples.quiet)('stays quiet: $name', (example) => {
    expect(runExample(detector, example)).toEqual([])
  })
})

it('names every detector once', () => {
  expect(new Set(everyDetector.map(({ id }) => id)).size).toBe(everyDetector.length)
  expect(new Set(everyDetector.map(({ code }) => code)).size).toBe(everyDetector.length)
})
