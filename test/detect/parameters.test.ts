import { describe, expect, it } from 'vitest'
import { complaintSurge } from '../../detectors/complaint/complaint-surge.ts'
import { defaultParameters, withParameters } from '../../src/detect/parameters.ts'
import { partitionOf } from '../../src/detect/statistics/hash.ts'
import { run, shardOf, TestLog, time } from './log.ts'

const KEY = '91140105MA0K2914XG'

function complaint(at: string) {
  return { type: 'complaint.filed', subject: KEY, at: time(at) }
}

describe('parameters', () => {
  it('are checked one by one; what is unknown or out of range leaves the default', () => {
    const given = { complainants: 7, ratio: 0.5, leastBase: Number.NaN, unheardOf: 1 }
    expect(withParameters(complaintSurge, 4, given)).toEqual({
      version: 4,
      values: { ...defaultParameters(complaintSurge).values, complainants: 7 },
    })
    expect(withParameters(complaintSurge, 5, { complainants: 6.5 }).values.complainants).toBe(5)
  })

  it('hold from the position of their entry, and a replay meets them there', () => {
    const log = new TestLog()
    log.rows(complaint('2026-03-02'), complaint('2026-03-02'))
    const data = {
      detector: 'complaint-surge',
      version: 1,
      parameters: { complainants: 3, probability: 0.02 },
      by: 'a',
    }
    log.control({ type: 'yujing.parameters', data }, time('2026-03-02'))
    log.rows(complaint('2026-03-02'))
    expect(run([complaintSurge], log)).toMatchObject([
      { kind: 'open', evidence: { observed: 3, threshold: 3 }, parametersVersion: 1, parameters: { complainants: 3 } },
    ])
  })

  it('come back with a snapshot', () => {
    const log = new TestLog()
    const data = { detector: 'complaint-surge', version: 1, parameters: { complainants: 9 }, by: 'a' }
    log.control({ type: 'yujing.parameters', data }, time('2026-03-02'))
    for (let n = 0; n < 9; n++) log.rows(complaint('2026-03-02'))
    const partition = partitionOf('enterprise', KEY)
    const [entry, ...rest] = log.messages
    const first = shardOf([complaintSurge], [partition])
    if (entry) first.apply(entry)
    const second = shardOf([complaintSurge], [partition])
    second.restore(partition, first.snapshot(partition).bytes)
    const findings = rest.flatMap((message) => second.apply(message))
    expect(findings).toMatchObject([{ kind: 'open', evidence: { observed: 9 }, parametersVersion: 1 }])
  })
})

describe('explain', () => {
  const explain = (log: TestLog) => {
    const shard = shardOf([complaintSurge])
    for (const message of log.messages) shard.apply(message)
    return shard.explain('complaint-surge', KEY)
  }

  it('says why there is no alert', () => {
    expect(explain(new TestLog().tick(time('2026-03-02')))).toMatchObject({ state: 'no-events', verdict: null })
    expect(explain(new TestLog().rows(complaint('2026-03-02'), complaint('2026-03-02')))).toMatchObject({
      state: 'below-threshold',
      windows: [
        { name: 'recent', events: 2, members: 2 },
        { name: 'base', events: 0, members: 0 },
      ],
      verdict: { level: null, observed: 2, expected: 0.5, threshold: 5 },
      alertId: null,
    })
    const history = Array.from({ length: 6 }, () => ({ ...complaint('2026-03-02'), backfill: true }))
    expect(explain(new TestLog().rows(...history))).toMatchObject({ state: 'held-by-backfill' })
  })

  it('says which alert there is', () => {
    const five = Array.from({ length: 5 }, () => complaint('2026-03-02'))
    expect(explain(new TestLog().rows(...five))).toMatchObject({ state: 'alert-open', verdict: { observed: 5 } })
    expect(explain(new TestLog().rows(...five, complaint('2026-03-20')))).toMatchObject({
      state: 'alert-ended',
      verdict: { observed: 1 },
    })
  })

  it('knows nothing of another detector or another shard', () => {
    const partition = partitionOf('enterprise', KEY)
    expect(shardOf([complaintSurge]).explain('unheard-of', KEY)).toBeNull()
    expect(shardOf([complaintSurge], [(partition + 1) % 64]).explain('complaint-surge', KEY)).toBeNull()
  })
})
