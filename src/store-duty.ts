import type { Ground } from './ground.ts'
import { createSeal } from './ingest/seal.ts'
import type { Claim } from './log/leases.ts'
import { createQuarantineCounts } from './quarantine-counts.ts'
import type { Stopping } from './stopping.ts'
import { createStoreWriter, type StoreWriter } from './store/writer/store-writer.ts'

/** What one replica alone runs: it carries the log into ClickHouse, and counts there what the door refused. */
export async function startStoring(
  ground: Ground,
  claim: Claim,
  giveUp: (error: Error) => void,
  stopping: Stopping,
): Promise<{ storeWriter: StoreWriter }> {
  const { log, store, clock, logger, metrics } = ground
  const { quarantine } = log

  // log -> store
  const seal = createSeal(ground.personKey)
  const storeWriter = createStoreWriter({
    store,
    log: log.events,
    intents: await log.bucket('yujing_config'),
    quarantine: {
      put: ({ position, reason, row }) => {
        const id = `${position.epoch}-${position.seq}-${position.index}`
        const entry = { code: 'row.refused' as const, reason, source: '', id, receivedAt: clock.now() }
        return quarantine.put({ ...entry, payload: seal.close(row) }, id)
      },
    },
    mayStore: claim.held,
    onSuperseded: giveUp,
    logger,
    metrics,
  })
  await storeWriter.start()
  stopping.onStop('store writer', () => storeWriter.stop())

  // quarantine -> its counts
  const refusals = createQuarantineCounts({ quarantine, store, bucket: await log.bucket('yujing_config'), logger })
  refusals.start()
  stopping.onStop('quarantine counts', () => refusals.stop())
  return { storeWriter }
}
