import { setTimeout as delay } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { detectors } from '../detectors/index.ts'
import { LogOrderError } from './detect/log-order.ts'
import { createShard } from './detect/shard.ts'
import type { DetectWorkerData, FromDetectWorker, ToDetectWorker } from './detect-messages.ts'
import { rebuildFromStore } from './detect-rebuild.ts'
import { createDetectTally } from './detect-tally.ts'
import { createFindingPublisher } from './finding-publisher.ts'
import { connectLog } from './log/connection.ts'
import { createPartitionSnapshots } from './partition-snapshots.ts'
import { systemClock } from './telemetry/clock.ts'
import { createLogger } from './telemetry/logger.ts'

/**
 * A detection thread: reads the whole log, folds its own partitions, publishes findings, writes snapshots. All its I/O
 * is here and in the files beside it; the fold in src/detect knows none.
 *
 *     log --> apply --> findings --> stream          a partition's state is written at seq S only when every
 *              |                                     finding of messages up to S is acknowledged, so that a
 *              +--> copy of a partition at S -->     restart from S repeats findings but never skips one
 */

/** Most findings that may wait for their acknowledgement before reading pauses. */
const MOST_PENDING = 500
const FIGURES_EVERY_MS = 2_000
/** How long a stop waits for the last findings; the snapshots are left out when they do not come through. */
const LAST_FINDINGS_MS = 5_000

async function main(data: DetectWorkerData, post: (message: FromDetectWorker) => void): Promise<void> {
  const clock = systemClock()
  const logger = createLogger({
    level: data.logLevel,
    destination: { write: (line) => post({ type: 'log', line }) },
  })
  const log = await connectLog({ ...data.log, logger, name: `yujing detect ${data.shard}` })
  const stopping = new AbortController()
  const givingUp = new AbortController()
  const shard = createShard({ epoch: log.epoch, detectors, partitions: data.partitions })
  const snapshots = createPartitionSnapshots({ shard, snapshots: log.snapshots, clock, logger })
  const tally = createDetectTally(shard, clock)
  const publisher = createFindingPublisher({
    findings: log.findings,
    logger,
    signal: givingUp.signal,
    onAcknowledged: tally.acknowledged,
  })
  const position = new BigInt64Array(data.position)

  parentPort?.on('message', (message: ToDetectWorker) => {
    if (message.type === 'stop') stopping.abort()
    else post({ type: 'answer', id: message.id, answer: answerTo(message) })
  })
  function answerTo(message: Exclude<ToDetectWorker, { type: 'stop' }>): object | null {
    return message.type === 'explain' ? shard.explain(message.detector, message.key) : shard.inventory(message.question)
  }
  const telling = setInterval(() => {
    post({ type: 'figures', ...tally.take(), snapshotAgeSeconds: snapshots.ageSeconds() })
  }, FIGURES_EVERY_MS)

  await snapshots.restoreAll()
  const end = await log.events.last()
  if (shard.newest() > end)
    throw new LogOrderError(`the state has seen message ${shard.newest()}, the log ends at ${end}`)

  /** First sequence to replay; what the log has given up before it is folded in from the store. */
  async function startOfReplay(): Promise<number> {
    let from = shard.position() + 1
    for (let first = await log.events.first(); first > from; first = await log.events.first()) {
      await rebuildFromStore({ ...data, shard, epoch: log.epoch, from, below: first, logger, signal: stopping.signal })
      if (stopping.signal.aborted) break
      from = first
    }
    return from
  }

  async function caughtUp(): Promise<void> {
    await publisher.settled()
    tally.live()
    post({ type: 'ready' })
  }

  async function fold(): Promise<void> {
    const from = await startOfReplay()
    if (stopping.signal.aborted) return
    reach(from - 1)
    logger.info({ shard: data.shard, from, end }, 'detection replays the log')
    if (from > end) await caughtUp()
    for await (const message of log.events.read(from, stopping.signal)) {
      publisher.enqueue(shard.apply(message))
      if (publisher.pending() > MOST_PENDING) await publisher.settled()
      if (publisher.pending() === 0) reach(message.seq)
      else publisher.settled().then(() => reach(message.seq), stopFolding)
      if (message.seq === end) await caughtUp()
    }
  }

  async function keepSnapshots(): Promise<void> {
    for (let turn = 0; !stopping.signal.aborted; turn++) {
      await delay(data.snapshotCycleMs / shard.partitions.length, undefined, { signal: stopping.signal })
      const partition = shard.partitions[turn % shard.partitions.length] as number
      await snapshots.save(partition, publisher.settled).catch((error: unknown) => {
        logger.warn({ err: error, partition }, 'a snapshot is not written; it is tried again in its turn')
      })
    }
  }

  let reached = 0
  function reach(seq: number): void {
    reached = Math.max(reached, seq)
    Atomics.store(position, 0, BigInt(reached))
  }

  let failure: unknown
  function stopFolding(error: unknown): void {
    failure ??= error
    stopping.abort()
  }

  const keeping = keepSnapshots().catch(() => {})
  await fold().catch(stopFolding)
  stopping.abort()
  clearInterval(telling)
  await keeping
  if (failure !== undefined) throw failure

  const timer = setTimeout(() => givingUp.abort(), LAST_FINDINGS_MS)
  try {
    await snapshots.saveAll(publisher.settled)
  } catch (error) {
    logger.warn({ err: error }, 'detection ends without its last snapshots; the next start replays from older ones')
  }
  clearTimeout(timer)
  await log.close()
}

if (parentPort) {
  const port = parentPort
  await main(workerData as DetectWorkerData, (message) => port.postMessage(message))
  port.close()
}
