import type { GuardedClock } from '../telemetry/guarded-clock.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { type Counted, countEvent } from './arrivals.ts'
import type { IsWorkingDay } from './calendar-port.ts'
import { checkContent } from './content-checks.ts'
import { SOURCE_LIMITS } from './limits.ts'
import type { AlarmPort, Mirrored, TallyBucket } from './ports.ts'
import { type SourceRegister, sourceId } from './register.ts'
import { judgeSilence, listen } from './silence.ts'
import { alarmOf } from './source-alarm.ts'
import { addTally, emptyTally, type Tally } from './tally.ts'
import { turnHour } from './usual.ts'

/** Name under which everything is counted that sends beyond the bound of names. */
export const OTHER = 'other'

/** How often what nothing has come for is kept as well, in rounds. */
const QUIET_ROUNDS = 12

/** What the lead does for the sources: it counts what it appends, learns what is usual, and judges silence. */
export interface SourceWatch {
  /** What became of events that were to be appended; the two lists go together. */
  count(events: readonly Counted[], outcomes: readonly { readonly kind: string }[]): void
  /** Judges and keeps every few seconds from now on. */
  start(): void
  /** Judges silence and whole days at this moment. */
  judge(): void
  /** Tells what is wrong, and keeps all that was counted; what could not be kept is tried again the next time. */
  keep(): Promise<void>
  /** Keeps what was counted. */
  stop(): Promise<void>
}

export function createSourceWatch(options: {
  register: Pick<SourceRegister, 'find' | 'all'>
  tallies: Mirrored<Tally>
  bucket: TallyBucket
  clock: GuardedClock
  isWorkingDay: IsWorkingDay
  /** Whether what is kept is ours to write: another lead may have begun. */
  mayKeep: () => boolean
  /** Where what is wrong with a source is told, as a finding. */
  alarm: AlarmPort
  logger: Logger
  metrics: Metrics
}): SourceWatch {
  const { register, bucket, clock, isWorkingDay, alarm, metrics } = options
  const logger = options.logger.child({ part: 'sources' })
  const tallies = new Map<string, Tally>()
  for (const [, { value }] of options.tallies.all()) tallies.set(value.name, structuredClone(value))
  const changed = new Set<Tally>()
  let rounds = 0
  let running = Promise.resolve()
  let timer: NodeJS.Timeout | undefined

  function tallyOf(source: string): Tally {
    const registered = register.find(source)?.name
    const name = registered ?? source
    const known = tallies.get(name)
    if (known !== undefined) return known
    if (registered === undefined && name !== OTHER && tallies.size >= SOURCE_LIMITS.names) return tallyOf(OTHER)
    const fresh = emptyTally(name, clock.now())
    tallies.set(name, fresh)
    return fresh
  }

  /** What was counted before its prefix was registered now belongs to that. */
  function gather(): void {
    for (const [name, tally] of tallies) {
      const registered = register.find(name)?.name
      if (registered === undefined || registered === name) continue
      const into = tallyOf(registered)
      if (into === tally) continue
      addTally(into, tally)
      tallies.delete(name)
      changed.add(into)
      // Emptied and not deleted: a marker of deletion would stay in the bucket for ever.
      forgotten.add(name)
    }
  }
  const forgotten = new Set<string>()

  function judge(): void {
    if (clock.doubt() !== null) return
    const now = clock.now()
    gather()
    for (const { name } of register.all()) tallyOf(name)
    metrics.sourceSilenceSeconds.reset()
    let other: number | null = null
    for (const tally of tallies.values()) {
      const record = register.find(tally.name)
      const { verdict, checked } = tally
      listen(tally, record?.expected ?? null, now, isWorkingDay)
      if (record !== null) {
        const { cadence, expected, complete } = record
        const registeredAt = Date.parse(record.createdAt)
        Object.assign(tally, judgeSilence(tally, { cadence, expected, complete, registeredAt }, now, isWorkingDay))
        metrics.sourceSilenceSeconds.set(
          { source: record.name },
          (now - (tally.lastReceivedAt ?? registeredAt)) / 1_000,
        )
      } else if (tally.lastReceivedAt !== null) other = Math.max(other ?? 0, tally.lastReceivedAt)
      turnHour(tally, now, isWorkingDay)
      checkContent(tally, record?.cadence.kind === 'batch', now, isWorkingDay)
      if (tally.verdict !== verdict) {
        const weight = tally.verdict === 'ok' ? 'info' : 'warn'
        logger[weight]({ source: tally.name, verdict: tally.verdict, missed: tally.missed }, 'a source is judged anew')
        changed.add(tally)
      }
      if (tally.checked !== checked) changed.add(tally)
    }
    if (other !== null) metrics.sourceSilenceSeconds.set({ source: OTHER }, (now - other) / 1_000)
  }

  /** What could not be told is told in the next round. */
  async function tell(): Promise<void> {
    if (clock.doubt() !== null || !options.mayKeep()) return
    try {
      const position = await alarm.position()
      for (const tally of tallies.values()) {
        const record = register.find(tally.name)
        if (record?.name !== tally.name) continue
        const said = alarmOf(record, tally, { now: clock.now(), position }, alarm.restsOn)
        if (said === null) continue
        await alarm.tell(said.finding)
        tally.told = said.told
        changed.add(tally)
      }
    } catch (error) {
      logger.warn({ err: error }, 'what is wrong with sources could not be told; it is tried again')
    }
  }

  async function keep(all: boolean): Promise<void> {
    if (!options.mayKeep()) return
    const kept = all ? [...tallies.values()] : [...changed]
    changed.clear()
    try {
      for (const tally of kept) await bucket.put(`source-tally.${sourceId(tally.name)}`, tally)
      for (const name of forgotten) {
        await bucket.put(`source-tally.${sourceId(name)}`, { ...emptyTally(name, clock.now()), name: '' })
        forgotten.delete(name)
      }
    } catch (error) {
      for (const tally of kept) changed.add(tally)
      logger.warn({ err: error }, 'what the sources sent could not be kept; it is tried again')
    }
  }

  function round(): void {
    judge()
    rounds++
    const all = rounds % QUIET_ROUNDS === 1
    running = running.then(tell).then(() => keep(all))
  }

  return {
    count(events, outcomes) {
      const now = clock.now()
      let source: string | null = null
      let tally: Tally | null = null
      for (const [index, event] of events.entries()) {
        if (tally === null || event.source !== source) {
          source = event.source
          tally = tallyOf(source)
          changed.add(tally)
        }
        countEvent(tally, event, outcomes[index]?.kind === 'stored', now)
      }
    },
    judge,
    async keep() {
      await tell()
      await keep(true)
    },
    start() {
      round()
      timer = setInterval(round, SOURCE_LIMITS.everyMs)
    },
    async stop() {
      clearInterval(timer)
      await running
      await keep(true)
      metrics.sourceSilenceSeconds.reset()
    },
  }
}
