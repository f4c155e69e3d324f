import { expect, test } from 'vitest'
import { runReplicaCampaign } from '../chaos/replicas/campaign.ts'
import { followerKilled, leadFrozen, leadKilled, stutter } from '../chaos/replicas/faults.ts'

/** A short selection, its seed fixed: what fails here fails again. `npm run chaos -- --replicas 3` draws others. */
test('the lead and others are killed and frozen while events flow through all doors: nothing lost, nothing doubled, the same alerts', {
  timeout: 240_000,
}, async () => {
  const report = await runReplicaCampaign({
    seed: 'replicas',
    faults: [leadKilled, leadFrozen, followerKilled, stutter],
    shards: [1, 2, 5],
    duration: 'each-once',
    longMs: 3_000,
    leaseTtlMs: 3_000,
    pace: { batch: 30, pauseMs: 60 },
    tell: () => {},
  })
  expect(report.differences, report.differences.join('\n')).toEqual([])
  expect(report.alerts).toBeGreaterThan(20)
  expect(report.terms).toBeGreaterThanOrEqual(3)
})
