import { test } from 'vitest'
import { clickHouseAway, natsAway } from './faults/away.ts'
import { frozen } from './faults/frozen.ts'
import { childKilled, serviceKilled } from './faults/killed.ts'
import { SHORT, shortCampaign } from './short.ts'

test('servers killed, frozen and away: nothing lost, nothing doubled, the same alerts', SHORT, () =>
  shortCampaign('servers', [
    childKilled('nats-server'),
    clickHouseAway,
    serviceKilled,
    childKilled('clickhouse'),
    frozen('nats-server'),
    natsAway,
  ]),
)
