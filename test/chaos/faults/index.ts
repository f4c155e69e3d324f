import { clickHouseAway, natsAway } from './away.ts'
import { clockJumps, threeDaysDown } from './clock.ts'
import type { Fault } from './fault.ts'
import { frozen } from './frozen.ts'
import { importBesideLive } from './import-beside-live.ts'
import { childKilled, serviceKilled, serviceRestarted } from './killed.ts'
import { poisonRow } from './poison-row.ts'
import { snapshotTorn } from './snapshot-torn.ts'

/** Everything that can be made to go wrong. `importEvents`: how many rows an import brings. */
export function allFaults(importEvents: number): readonly Fault[] {
  return [
    childKilled('nats-server'),
    childKilled('clickhouse'),
    serviceKilled,
    serviceRestarted,
    frozen('nats-server'),
    frozen('clickhouse'),
    frozen('service'),
    clickHouseAway,
    natsAway,
    snapshotTorn,
    poisonRow,
    clockJumps,
    threeDaysDown,
    importBesideLive(importEvents),
  ]
}
