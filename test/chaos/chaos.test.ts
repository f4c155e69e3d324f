import { expect, test } from 'vitest'
import { runCampaign } from './campaign.ts'
import { clickHouseAway, natsAway } from './faults/away.ts'
import { frozen } from './faults/frozen.ts'
import { importBesideLive } from './faults/import-beside-live.ts'
import { childKilled, serviceKilled } from './faults/killed.ts'
import { poisonRow } from './faults/poison-row.ts'
import { snapshotTorn } from './faults/snapshot-torn.ts'

/** Seeds are fixed: what fails here fails again. `npm run chaos` draws others, and more of everything. */
const shared = { duration: 'each-once', longMs: 1_000, pace: { batch: 40, pauseMs: 50 }, tell: () => {} } as const

test('servers killed, frozen and away: nothing lost, nothing doubled, the same alerts', {
  timeout: 240_000,
}, async () => {
  const faults = [
    childKilled('nats-server'),
    clickHouseAway,
    serviceKilled,
    childKilled('clickhouse'),
    frozen('nats-server'),
    natsAway,
  ]
  const report = await runCampaign({ ...shared, seed: 'servers', faults })
  expect(report.differences).toEqual([])
  expect(report.alerts).toBeGreaterThan(50)
})

test('torn snapshots, a poison row, an import beside the live events', { timeout: 240_000 }, async () => {
  const faults = [importBesideLive(3_000), snapshotTorn, poisonRow, serviceKilled, frozen('service')]
  const report = await runCampaign({ ...shared, seed: 'contents', faults })
  expect(report.differences).toEqual([])
  expect(report.alerts).toBeGreaterThan(50)
})
