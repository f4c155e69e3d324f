import { test } from 'vitest'
import { frozen } from './faults/frozen.ts'
import { importBesideLive } from './faults/import-beside-live.ts'
import { serviceKilled } from './faults/killed.ts'
import { poisonRow } from './faults/poison-row.ts'
import { snapshotTorn } from './faults/snapshot-torn.ts'
import { SHORT, shortCampaign } from './short.ts'

test('torn snapshots, a poison row, an import beside the live events', SHORT, () =>
  shortCampaign('contents', [importBesideLive(3_000), snapshotTorn, poisonRow, serviceKilled, frozen('service')]),
)
