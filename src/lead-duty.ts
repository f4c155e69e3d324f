import type { Desk } from './alerts/desk.ts'
import type { RecentEventResolver } from './event-resolver.ts'
import type { Ground } from './ground.ts'
import { createSeal } from './ingest/seal.ts'
import { isSuperseded } from './ingest/writer/term.ts'
import { createWriter, type Writer } from './ingest/writer/writer.ts'
import { appendingWhile, tellingWhatIsAppended } from './log/event-log.ts'
import type { Claim } from './log/leases.ts'
import { ERRORS } from './model/errors.ts'
import type { Replica } from './replica.ts'
import { createRetention } from './retention.ts'
import { createSettingsChanges } from './settings-changes.ts'
import { countedBySource, type SourceDesk } from './source-desk.ts'
import type { Stopping } from './stopping.ts'
import type { StoreProgress } from './store/writer/ports.ts'
import { storedUpTo } from './store/writer/progress.ts'

/** What the lead alone runs: it appends to the log, and its desk works. */
export async function startLead(
  ground: Ground,
  replica: Replica,
  {
    desk,
    events,
    sources,
  }: {
    readonly desk: Desk
    readonly events: RecentEventResolver
    readonly sources: Pick<SourceDesk, 'watch'>
  },
  claim: Claim,
  giveUp: (error: Error) => void,
  behind: (seq: number) => number,
  stopping: Stopping,
): Promise<{ writer: Writer }> {
  const { log, store, clock, logger, metrics } = ground

  // findings -> alerts
  const work = desk.work(claim.held)
  stopping.onStop('desk at work', () => work.stop())

  // ingest -> writer -> log
  const intents = await log.bucket<StoreProgress>('yujing_config')
  const seal = createSeal(ground.personKey)
  const writer = createWriter({
    log: appendingWhile(claim.held, tellingWhatIsAppended(log.events, events.appended)),
    snapshots: log.snapshots,
    history: {
      lookup: (idHashes) => store.lookupEventIds(idHashes),
      originals: (idHashes) => store.eventsByHash(idHashes),
      successors: (idHashes) => store.successorsOf(idHashes),
      registerHistory: async (subjects) => {
        const upTo = (await storedUpTo(intents, log.epoch)) ?? 0
        return { upTo, events: await store.registerEvents({ subjects, epoch: log.epoch, upTo }) }
      },
      rebuild: (belowSeq) => store.messagesBefore({ epoch: log.epoch, belowSeq }),
    },
    quarantine: (event, code) => {
      const { source, id } = event
      const refused = { code, reason: ERRORS[code].text, source, id, receivedAt: clock.now() }
      return log.quarantine.put({ ...refused, payload: seal.close(JSON.stringify(event)) }, `${code} ${source} ${id}`)
    },
    clock,
    logger,
    metrics,
    instance: 'yujing',
    parkedMost: ground.config.parkedMost,
    home: ground.home,
    behind,
    onReconnect: (listener) => log.onReconnect(listener),
    onSuperseded: (error) => (isSuperseded(error) ? giveUp(error) : ground.onFatal(error)),
  })
  await writer.start()
  stopping.onStop('writer', () => writer.stop())

  // what is appended -> what is known of its sources
  const watch = sources.watch(claim.held)
  watch.start()
  stopping.onStop('watch over the sources', () => watch.stop())
  const counted = countedBySource(writer, watch)

  // log, once everybody has it, -> nowhere
  const retention = createRetention({
    log: log.events,
    snapshots: log.snapshots,
    stored: () => storedUpTo(intents, log.epoch),
    logTime: () => writer.logTime(),
    keepMs: ground.config.logKeepMs,
    logger,
    metrics,
  })
  retention.start()
  stopping.onStop('retention', () => retention.stop())

  // settings -> log, and what is in force -> every replica
  const changes = createSettingsChanges({ writer, project: replica.project })
  await changes.announce()
  stopping.onStop('answers of the lead', replica.answerAsLead(counted, changes))
  return { writer: counted }
}
