import { clickHouseAway, natsAway } from './away.ts'
import { clockJumps, threeDaysDown } from './clock.ts'
import { diskFull } from './disk-full.ts'
import type { Fault } from './fault.ts'
import { frozen } from './frozen.ts'
import { importBesideLive } from './import-beside-live.ts'
import { childKilled, serviceKilled, serviceRestarted } from './killed.ts'
import { poisonRow } from './poison-row.ts'
import { snapshotTorn } from './snapshot-torn.ts'

/**
 * Everything that can be made to go wrong. `importEvents`: how many rows an import brings; `disk`: whether there is one
 * that can be filled up.
 */
export function allFaults(importEvents: number, disk: boolean): readonly Fault[] {
  return [
    ...(disk ? [diskFull] : []),
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
