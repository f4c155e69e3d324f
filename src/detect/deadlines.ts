import type { LoggedEvent } from '../model/event.ts'
import { DAY_MS } from '../model/time.ts'
import type { Pending, Touch } from './contract.ts'
import type { KeyStates } from './key-states.ts'
import type { ParametersInForce } from './parameters.ts'
import type { Plan } from './plan.ts'
import { hash64 } from './statistics/hash.ts'
import { type Wake, Wakes } from './wakes.ts'
import { addSaid, findItem, type Item, itemsOf, removeSaid, updateItem } from './windows/deadlines.ts'

/** What a snapshot keeps beside the items, which lie in the arena. */
export interface DeadlinesImage {
  /** Items name their source by its place here. */
  readonly sources: readonly string[]
  /** Up to when each source has sent everything: epoch milliseconds, exclusive. */
  readonly marks: readonly (readonly [source: string, through: number])[]
}

type Deadline = NonNullable<Touch['deadline']>

/** Judges a key at an instant because of an item of it; true when it says something. */
export type JudgeAt = (record: number, at: number, item: Item) => boolean

/**
 * The clock of one detector in one partition: which keys are to be judged again, and when. That something has *not*
 * happened is only known up to where its source has sent everything, so an item's instant comes when log time and the
 * mark of its source have both passed it. Until then the finding is held.
 *
 *     due        instant W                            log time
 *     |--------------|-----------------|------------------|
 *                                      mark of the source            W <= mark: judged, with now = W
 *            mark                                                    mark < W: held; judged when the mark comes, or
 *                                                                    dropped when the item turns out to be done
 */
export class Deadlines {
  /** Items whose finding is held now. */
  held = 0
  /** Held findings that were told or came to nothing since this state was made. */
  released = 0
  dropped = 0
  private readonly states: KeyStates
  private readonly sources: string[]
  private readonly marks: Map<string, number>
  /** Days after an item's due time at which its key is judged, ascending. */
  private days: readonly number[]
  private heap = new Wakes()
  /** By source, the wakes that log time has passed and its mark has not. */
  private waiting = new Map<number, Wakes>()
  /** Keys some of whose instants log time has just passed without their being known. */
  private justPassed: number[] = []
  private readonly plan: Plan

  constructor(
    plan: Plan,
    states: KeyStates,
    parameters: ParametersInForce,
    restored: { readonly logTime: number; readonly image: DeadlinesImage },
  ) {
    this.plan = plan
    this.states = states
    this.sources = [...restored.image.sources]
    this.marks = new Map(restored.image.marks)
    this.days = daysOf(plan, parameters)
    this.scheduleAll(restored.logTime)
  }

  /** The next instant that log time has to pass, Infinity when there is none. */
  get next(): number {
    return this.heap.next
  }

  image(): DeadlinesImage {
    return { sources: this.sources, marks: [...this.marks] }
  }

  /**
   * Notes what an event says of an item, in whatever order events arrive. Instants that have passed are judged with the
   * event itself, as far as they are known; those of history are not judged at all.
   */
  set(record: number, { item, at, mark = 0 }: Deadline, event: LoggedEvent, logTime: number): void {
    const { arena } = this.states
    const hash = hash64(item)
    const before = findItem(arena, record, hash)
    const source = this.sourceNumber(event.source)
    const due = at ?? Number.POSITIVE_INFINITY
    const known = event.backfill ? logTime : this.knownOf(source, logTime)
    const { time: saidAt, region, test } = event
    const industry = event.industry || event.register.industry || ''
    const said = {
      hash,
      due,
      saidAt,
      source,
      mark,
      judged: this.passedAt(due, known),
      held: false,
      test,
      region,
      industry,
    }
    addSaid(arena, record, said)
    const after = findItem(arena, record, hash)
    if (after === null || (before !== null && before.due === after.due && before.saidAt === after.saidAt)) return
    if (before !== null) this.release(record, before)
    this.schedule(record, after, logTime)
  }

  /**
   * An event no longer stands that said something of an item; tells whether the item is another one for it. An instant
   * that passed meanwhile comes again.
   */
  undo(record: number, { item, at }: Deadline, original: LoggedEvent, logTime: number): boolean {
    const { arena } = this.states
    const hash = hash64(item)
    const before = findItem(arena, record, hash)
    const said = { hash, due: at ?? Number.POSITIVE_INFINITY, saidAt: original.time }
    if (!removeSaid(arena, record, said)) return false
    const after = findItem(arena, record, hash)
    if (before !== null && after !== null && before.due === after.due && before.saidAt === after.saidAt) return false
    if (before?.held) this.letGo('dropped')
    if (after === null) return true
    const judged = Math.max(0, this.passedAt(after.due, this.knownOf(after.source, logTime)) - 1)
    updateItem(arena, record, { ...after, judged })
    this.schedule(record, { ...after, judged }, logTime)
    return true
  }

  /** Another word holds of an item: what was held of it waits for nothing any more. */
  private release(record: number, item: Item): void {
    if (!item.held) return
    updateItem(this.states.arena, record, { ...item, held: false })
    this.letGo('dropped')
  }

  /** What is still to be done of a key, as it is known at an instant; `complete`: as if every source had sent everything. */
  pendingAt(record: number, now: number, complete = false): Pending[] {
    return itemsOf(this.states.arena, record)
      .filter(({ due }) => Number.isFinite(due))
      .map(({ due, mark, source }) => {
        const known = complete ? now : this.knownOf(source, now)
        return { due, mark, overdueDays: Math.floor((known - due) / DAY_MS) }
      })
      .sort((a, b) => a.due - b.due || a.mark - b.mark)
  }

  /** Judges every key whose instant log time has passed and its source's mark too, in the order of the instants. */
  fire(logTime: number, judge: JudgeAt): void {
    let last: Wake | null = null
    for (let wake = this.heap.take(logTime); wake !== null; wake = this.heap.take(logTime)) {
      const { at, record } = wake
      // Items that fall due together have a wake each, and the first one is for all of them.
      const isSame = at === last?.at && record === last.record
      last = wake
      if (isSame || !this.states.isAlive(record)) continue
      const items = itemsOf(this.states.arena, record).filter((item) => this.instantOf(item) === at)
      const ready = items.filter(({ source }) => this.knownOf(source, at) >= at)
      for (const item of items) {
        const moved = ready.includes(item) ? { ...item, judged: item.judged + 1, held: false } : item
        updateItem(this.states.arena, record, moved)
        this.schedule(record, moved, logTime)
      }
      if (ready.length < items.length) this.justPassed.push(record)
      const [first] = ready
      if (first === undefined) continue
      const speaks = judge(record, at, first)
      for (const { held } of ready) if (held) this.letGo(speaks ? 'released' : 'dropped')
    }
  }

  /** The keys that `fire` could not judge for want of a mark, each once a call. */
  passed(logTime: number): number[] {
    const records = this.justPassed.filter(
      (record) => this.states.isAlive(record) && this.unknownOf(record, logTime).length > 0,
    )
    this.justPassed = []
    return [...new Set(records)]
  }

  /** A source has sent everything that happened before `through`; what waited for it is due to be judged again. */
  complete(source: string, through: number): void {
    if (through <= (this.marks.get(source) ?? Number.NEGATIVE_INFINITY)) return
    this.marks.set(source, through)
    const waiting = this.waiting.get(this.sources.indexOf(source))
    for (let wake = waiting?.take(through); wake; wake = waiting?.take(through)) this.heap.add(wake)
  }

  /** Other parameters hold: the instants move. Those that have passed by now were not judged by these, and are not. */
  retime(parameters: ParametersInForce, logTime: number): void {
    this.days = daysOf(this.plan, parameters)
    const { arena } = this.states
    for (const record of this.states.records())
      for (const item of itemsOf(arena, record)) {
        const known = this.knownOf(item.source, logTime)
        const judged = this.passedAt(item.due, known)
        updateItem(arena, record, { ...item, judged, held: false })
        this.justPassed.push(record)
      }
    this.held = 0
    this.heap = new Wakes()
    this.waiting = new Map()
    this.scheduleAll(logTime)
  }

  /** Items of the key whose instant log time has passed and their source's mark has not. */
  unknownOf(record: number, logTime: number): Item[] {
    return itemsOf(this.states.arena, record).filter((item) => this.isUnknown(item, logTime))
  }

  /** Whether a finding of the key waits for sources: `speaks` is what it would say if they had sent everything. */
  hold(record: number, logTime: number, speaks: () => boolean): void {
    const unknown = this.unknownOf(record, logTime)
    if (unknown.length === 0) return
    const held = speaks()
    for (const item of unknown) {
      if (item.held === held) continue
      if (held) this.held++
      else this.letGo('dropped')
      updateItem(this.states.arena, record, { ...item, held })
    }
  }

  /** Names of the sources that held findings of a key wait for. */
  sourcesOf(items: readonly Item[]): string[] {
    return [...new Set(items.map(({ source }) => this.sources[source] as string))].sort()
  }

  private letGo(how: 'released' | 'dropped'): void {
    this.held--
    this[how]++
  }

  private scheduleAll(logTime: number): void {
    for (const record of this.states.records())
      for (const item of itemsOf(this.states.arena, record)) {
        if (item.held) this.held++
        this.schedule(record, item, logTime)
      }
  }

  private schedule(record: number, item: Item, logTime: number): void {
    const at = this.instantOf(item)
    if (at === Number.POSITIVE_INFINITY) return
    this.queueOf(item, logTime).add({ at, record })
  }

  private queueOf(item: Item, logTime: number): Wakes {
    if (!this.isUnknown(item, logTime)) return this.heap
    const waiting = this.waiting.get(item.source) ?? new Wakes()
    this.waiting.set(item.source, waiting)
    return waiting
  }

  private isUnknown(item: Item, logTime: number): boolean {
    const at = this.instantOf(item)
    return at <= logTime && this.knownOf(item.source, at) < at
  }

  /** The item's next instant, Infinity when it has none. */
  private instantOf(item: Item): number {
    const day = this.days[item.judged]
    return day === undefined ? Number.POSITIVE_INFINITY : item.due + day * DAY_MS
  }

  /** How many instants of what is due then have passed at a time. */
  private passedAt(due: number, time: number): number {
    return this.days.filter((day) => due + day * DAY_MS <= time).length
  }

  /** Up to when it is known of an item's source what it has not sent. */
  private knownOf(source: number, now: number): number {
    return Math.min(now, this.marks.get(this.sources[source] as string) ?? Number.NEGATIVE_INFINITY)
  }

  private sourceNumber(source: string): number {
    const known = this.sources.indexOf(source)
    return known >= 0 ? known : this.sources.push(source) - 1
  }
}

function daysOf({ detector }: Plan, { values }: ParametersInForce): readonly number[] {
  return [...new Set(detector.deadlines?.judgedAfterDays(values) ?? [])].sort((a, b) => a - b)
}
