import type { LoggedEvent } from '../model/event.ts'
import type { Finding } from '../model/finding.ts'
import { severity } from '../model/level.ts'
import type { Position } from '../model/position.ts'
import { formatTime } from '../model/time.ts'
import { AllowedKeys } from './allowed-keys.ts'
import { conclude } from './conclude.ts'
import type { Touch } from './contract.ts'
import { Deadlines } from './deadlines.ts'
import { endsToJudge } from './ends.ts'
import { type Judgement, judge } from './judgement.ts'
import { KeyStates } from './key-states.ts'
import { defaultParameters, type ParametersInForce } from './parameters.ts'
import type { Plan } from './plan.ts'
import { mayBeSilent } from './silence.ts'
import { NO_DEADLINES, type RestoredCell } from './snapshot.ts'
import { takeStock } from './take-stock.ts'
import { binOf } from './windows/bins.ts'
import { newestBin, type Silence, setSilence, silenceOf } from './windows/record.ts'

/** Source of the anchor of an episode that an instant opened. */
const TIMER = 'yujing.timer'

/** What makes a key be judged, as far as its alert needs to know: an event, or an instant that has come. */
export type Cause = Pick<
  LoggedEvent,
  'source' | 'id' | 'time' | 'region' | 'industry' | 'test' | 'position' | 'register'
>

/** Where a key is being judged. */
export interface Moment<C extends Cause = Cause> {
  readonly event: C
  readonly touch: Touch
  /** The instant that has come, epoch milliseconds; null: it is an event. */
  readonly due: number | null
  /** Log time at the event, epoch milliseconds. */
  readonly logTime: number
}

/** What an event that was counted gives to judge. */
export interface Counted {
  readonly judged: readonly Judgement[]
  /** As `severityWithout` gave it. */
  readonly without: ((end: number) => number) | null
}

/** One detector in one partition: the fold itself. The same messages in the same order give the same findings. */
export class Cell {
  readonly plan: Plan
  readonly states: KeyStates
  /** Last message of the log this cell has seen, 0 for none. */
  seq: number
  /** Log time at `seq`, epoch milliseconds. */
  logTime: number
  parameters: ParametersInForce
  /** Keys that are counted and not judged. */
  allowed: AllowedKeys
  /** Only where items fall due. */
  readonly deadlines: Deadlines | null
  /** Events that came too late to change a window. */
  storedOnly = 0
  /**
   * Sequence of the entry since which this version of the detector judges; 0: since the log began. Null: it does not yet,
   * and what it would say is not told.
   */
  liveSince: number | null

  constructor(plan: Plan, restored?: RestoredCell) {
    this.plan = plan
    this.states = new KeyStates(plan, restored?.image)
    this.seq = restored?.seq ?? 0
    this.logTime = restored?.logTime ?? 0
    this.parameters = restored?.parameters ?? defaultParameters(plan.detector)
    this.allowed = new AllowedKeys(restored?.allowed)
    this.liveSince = restored === undefined ? 0 : restored.liveSince
    const begun = { logTime: this.logTime, image: restored?.deadlines ?? NO_DEADLINES }
    this.deadlines = plan.waits ? new Deadlines(plan, this.states, this.parameters, begun) : null
  }

  /** The first instant that log time has to pass for something to be judged; Infinity for none. */
  get nextWake(): number {
    return this.deadlines?.next ?? Number.POSITIVE_INFINITY
  }

  /** Other parameters hold from here on, at a log time. */
  retune(parameters: ParametersInForce, logTime: number): void {
    this.logTime = logTime
    this.parameters = parameters
    this.deadlines?.retime(parameters, logTime)
    takeStock(this, 'parameters')
    this.holdWhatPassed(logTime)
  }

  /** The log says at `seq` and a log time which versions judge from here on. */
  goLive(versions: Readonly<Record<string, number>>, seq: number, logTime: number): void {
    const { id, version } = this.plan.detector
    const isLive = versions[id] === version
    this.logTime = logTime
    if (isLive && this.liveSince === null) takeStock(this, 'version')
    if (!isLive) this.liveSince = null
    else this.liveSince ??= seq
  }

  /** What a version finds before it has gone live is not told: the one before it speaks, or nobody. */
  told(found: readonly Finding[]): readonly Finding[] {
    return this.liveSince === null ? [] : found
  }

  /** A source has sent everything that happened before `through`. What that releases is judged by `pass`. */
  complete(source: string, through: number): void {
    this.deadlines?.complete(source, through)
  }

  /**
   * Judges the keys whose instants have come by `logTime`, in their order. `why`: log time has passed them, and each is
   * judged as of itself, so that it does not matter how far log time went at once; or a source's mark has released them.
   */
  pass(logTime: number, position: Position, why: 'time' | 'mark'): Finding[] {
    const findings: Finding[] = []
    this.deadlines?.fire(logTime, (record, at, item) => {
      const touch = { key: this.states.nameOf(record) }
      const cause = { source: TIMER, id: formatTime(at), time: at, position, register: {} }
      const { region, industry, test } = item
      const asOf = why === 'time' ? at : logTime
      const moment = { event: { ...cause, region, industry, test }, touch, due: at, logTime: asOf }
      const without = this.severityWithout(moment, record, at - 1)
      const finding = conclude(this, moment, record, [this.judgeAt(record, this.endNow(record, at), at)], without)
      if (finding !== null) findings.push(finding)
      return finding !== null
    })
    this.holdWhatPassed(logTime)
    return findings
  }

  /** Counts the event for one of its keys and judges it; at most one finding comes of it. */
  handle(moment: Moment<LoggedEvent>): Finding | null {
    const { event, touch, logTime } = moment
    const record = this.states.open(touch, event, binOf(this.plan.unit, event.time), logTime)
    if (record === 0) return null
    const { judged, without } = this.count(moment, record)
    const finding = conclude(this, moment, record, judged, without)
    this.hold(record, logTime)
    return finding
  }

  /** Counts the event for a key; what is to be judged for it, nothing where it came too late or is backfill. */
  count(moment: Moment<LoggedEvent>, record: number): Counted {
    const { event, touch, logTime } = moment
    const { states } = this
    const bin = binOf(this.plan.unit, event.time)
    const isAdmitted = states.admits(record, bin)
    const isJudged = isAdmitted && !event.backfill
    const without = isJudged ? this.severityWithout(moment, record, logTime) : null
    if (isAdmitted) states.count(record, touch, event, logTime)
    else {
      states.moveStock(record, touch)
      this.storedOnly++
    }
    if (touch.deadline !== undefined) this.deadlines?.set(record, touch.deadline, event, logTime)
    if (isJudged)
      return { judged: this.endsOf(moment, record, bin).map((end) => this.judgeAt(record, end, logTime)), without }
    const isChanged = isAdmitted || touch.stock !== undefined || touch.deadline !== undefined
    if (event.backfill && isChanged)
      setSilence(states.arena, record, { ...silenceOf(states.arena, record), backfilled: true })
    return { judged: [], without }
  }

  /**
   * The key as it stands at one bin, and at an instant where it waits for something. `complete`: as if every source had
   * sent everything.
   */
  judgeAt(record: number, end: number, now: number, complete = false): Judgement {
    const pending = () => this.deadlines?.pendingAt(record, now, complete) ?? []
    return judge(this.plan, this.states.arena, record, end, this.parameters, pending)
  }

  private holdWhatPassed(logTime: number): void {
    for (const record of this.deadlines?.passed(logTime) ?? []) this.hold(record, logTime)
  }

  /** A finding of the key may wait for sources to say how far they have told: whether it does is a matter of now. */
  hold(record: number, logTime: number): void {
    this.deadlines?.hold(record, logTime, () => {
      if (this.allowed.entryOf(this.states.nameOf(record), logTime) !== null) return false
      const { verdict } = this.judgeAt(record, this.endNow(record, logTime), logTime, true)
      const { held } = silenceOf(this.states.arena, record)
      return severity(verdict.level) > Math.max(held, severity(this.states.episodes.get(record)?.level ?? null))
    })
  }

  /** The bin of an instant, or the newest bin where that is later. */
  endNow(record: number, now: number): number {
    return Math.max(binOf(this.plan.unit, now), newestBin(this.states.arena, record))
  }

  /** What is a matter of now, stock and what is pending, is judged on the newest windows. */
  endsOf({ touch, logTime }: Moment, record: number, bin: number): number[] {
    if (this.plan.waits) return [this.endNow(record, logTime)]
    if (touch.counts === false) return [newestBin(this.states.arena, record)]
    return endsToJudge(this.plan, this.states.arena, record, bin)
  }

  /** Severity at an end before what is happening is counted; only asked of keys that may be held silently. */
  severityWithout(moment: Moment, record: number, now: number): ((end: number) => number) | null {
    const { arena, episodes, inventory } = this.states
    const isSilent = episodes.has(record) ? inventory.has(record) : mayBeSilent(silenceOf(arena, record))
    if (!isSilent) return null
    const bin = binOf(this.plan.unit, moment.event.time)
    const newest = Math.max(bin, newestBin(arena, record))
    const ends = new Set([...this.endsOf(moment, record, bin), bin, newest, this.endNow(record, moment.due ?? now)])
    const severities = new Map([...ends].map((end) => [end, severity(this.judgeAt(record, end, now).verdict.level)]))
    return (end) => severities.get(end) ?? 0
  }

  /** What is held silently of a key from now on; nothing: it leaves the inventory. */
  keepSilent(record: number, silence: Silence): void {
    setSilence(this.states.arena, record, silence)
    if (silence.held === 0) this.states.inventory.delete(record)
  }
}
