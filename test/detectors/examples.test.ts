import { describe, expect, it } from 'vitest'
import { detectors } from '../../detectors/index.ts'
import { runExample } from '../../src/detect/example.ts'

describe.each(detectors)('$code $id', (detector) => {
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
  expect(new Set(detectors.map(({ id }) => id)).size).toBe(detectors.length)
  expect(new Set(detectors.map(({ code }) => code)).size).toBe(detectors.length)
})
