import { detectorOf } from '../detectors/index.ts'
import { createMirror } from './access/mirror.ts'
import type { Ground } from './ground.ts'
import type { WriterPort } from './ingest/writer-port.ts'
import { isWorkingDay } from './model/calendar.ts'
import { SourceRecord } from './model/source.ts'
import type { Replica } from './replica.ts'
import { createSourceBoard, type SourceBoard } from './sources/board.ts'
import type { AlarmPort } from './sources/ports.ts'
import { createSourceRegister, type SourceRegister } from './sources/register.ts'
import { Tally } from './sources/tally.ts'
import { createSourceWatch, type SourceWatch } from './sources/watch.ts'

/** The sources as this process sees them: who is registered, what came, and who is silent. */
export interface SourceDesk {
  readonly register: SourceRegister
  readonly board: SourceBoard
  /** Resolves when what every replica has told is known here. */
  start(): Promise<void>
  stop(): Promise<void>
  /** What the lead does for them while `mayKeep`, begun from what the one before has kept. */
  watch(mayKeep: () => boolean): SourceWatch
}

/** Not started. */
export async function createSourceDesk(
  ground: Pick<Ground, 'log' | 'store' | 'clock' | 'logger' | 'metrics'>,
  replica: Pick<Replica, 'control' | 'inForce'>,
): Promise<SourceDesk> {
  const { log, store, clock, logger, metrics } = ground
  const isOn = (day: number) => isWorkingDay(replica.inForce.get('calendars'), day)
  const bucket = await log.bucket<unknown>('yujing_config')
  const onChange = () => register.changed()
  const records = createMirror({ bucket, prefix: 'source.', schema: SourceRecord, logger, onChange })
  const tallies = createMirror({ bucket, prefix: 'source-tally.', schema: Tally, logger })
  const register = createSourceRegister({
    records,
    bucket,
    clock,
    isDetector: (id) => detectorOf(id) !== undefined,
    async tell(data) {
      logger.info(data, 'a source is registered or changed')
      await replica.control({ type: 'yujing.source', data })
    },
    async mark(data) {
      await replica.control({ type: 'yujing.completeness', data })
    },
  })
  const alarm: AlarmPort = {
    position: async () => ({ epoch: log.epoch, seq: await log.events.last(), index: 0 }),
    tell: (finding) => log.findings.publish(finding),
    restsOn: (id) => (detectorOf(id)?.deadlines === undefined ? 'events' : 'absence'),
  }
  const board = createSourceBoard({ register, tallies, refused: store.refusedBySource, clock, isWorkingDay: isOn })
  return {
    register,
    board,
    async start() {
      await records.start()
      await tallies.start()
    },
    async stop() {
      await tallies.stop()
      await records.stop()
    },
    watch: (mayKeep) =>
      createSourceWatch({ register, tallies, bucket, clock, isWorkingDay: isOn, mayKeep, alarm, logger, metrics }),
  }
}

/** The same writer; the watch is told what became of all that it was given. */
export function countedBySource<W extends WriterPort>(writer: W, watch: Pick<SourceWatch, 'count'>): W {
  return {
    ...writer,
    async append(events, lane) {
      const outcomes = await writer.append(events, lane)
      const outlines = outcomes.map((_, index) => events.outline(index))
      watch.count(outlines, outcomes)
      return outcomes
    },
  }
}
