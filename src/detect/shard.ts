import type { AllowListEntry } from '../model/allow-list.ts'
import type { ControlEntry } from '../model/control.ts'
import type { LoggedEvent } from '../model/event.ts'
import type { Finding } from '../model/finding.ts'
import type { LogMessage, StoredMessage } from '../model/log-message.ts'
import type { LocalPosition } from '../model/position.ts'
import { hourBin } from '../model/time.ts'
import { AllowedKeys, entriesFor } from './allowed-keys.ts'
import { Cell } from './cell.ts'
import type { Detector } from './contract.ts'
import { type Explanation, explainKey } from './explain.ts'
import { type Correcting, correctingOf, foldCorrection } from './fold-correction.ts'
import { decodeMessage, type FoldMessage, LogOrderError } from './log-order.ts'
import { withParameters } from './parameters.ts'
import { type Plan, planOf } from './plan.ts'
import { decodeSnapshot, encodeSnapshot, type Refusal } from './snapshot.ts'
import { PARTITIONS, partitionOf } from './statistics/hash.ts'

export interface DetectorState {
  readonly detector: string
  readonly keys: number
  /** Episodes that go on with the next fulfilling event. */
  readonly episodes: number
  /** Records, lists and tables; running episodes apart. */
  readonly bytes: number
  /** Of these, what is kept to show evidence. */
  readonly evidenceBytes: number
  /** Events since this shard began that came too late to change a window. */
  readonly storedOnly: number
  /** Items whose finding waits for their source to say that it has sent everything. */
  readonly held: number
  /** Held findings since this shard began: told at last, or come to nothing. */
  readonly released: number
  readonly dropped: number
}

export interface RestoreReport {
  /** Detectors whose state was taken over. */
  readonly restored: readonly string[]
  /** Detectors that must be rebuilt from the log's start, each with the reason. */
  readonly refused: readonly { readonly detector: string; readonly reason: Refusal }[]
}

/** The detectors' state of some partitions, as a deterministic fold over the log: no I/O, no clock, no randomness. */
export interface Shard {
  readonly partitions: readonly number[]
  /** Last message all of the state has seen; replay begins with the one after it. */
  position(): number
  /** Last message any of the state has seen: the log must reach at least as far. */
  newest(): number
  /**
   * Folds in one message and returns the findings it gives rise to, in order. Messages come without a gap; what part of
   * the state has already seen, that part skips. Throws LogOrderError when sequence, epoch or row numbers disagree.
   */
  apply(message: LogMessage): Finding[]
  /**
   * The same for what the log no longer holds and the store does: sequences ascend, but some may be missing. Comes before
   * the first message of the log itself.
   */
  applyStored(message: StoredMessage): Finding[]
  /** State of a partition, as of the last message applied; a copy, so it may be written while the fold goes on. */
  snapshot(partition: number): { readonly seq: number; readonly bytes: Uint8Array }
  /**
   * Takes over a snapshot before the first message. Torn, of another epoch or layout, or of another version of a
   * detector: refused whole or for that detector, whose state then stays empty at position 0.
   */
  restore(partition: number, bytes: Uint8Array): RestoreReport
  /** What the state says of one key, or null if the detector is unknown or the key lies in another shard's partition. */
  explain(detector: string, key: string): Explanation | null
  state(): DetectorState[]
}

/** A shard with empty state. `partitions`: those it owns, each from 0 to 63. */
export function createShard(o: {
  readonly epoch: string
  readonly detectors: readonly Detector[]
  readonly partitions: readonly number[]
}): Shard {
  return new FoldingShard(o.epoch, o.detectors.map(planOf), o.partitions)
}

/** A detector that reads a type of event, and the row of its cells. */
interface Reader {
  readonly detector: Detector
  readonly row: number
}

class FoldingShard implements Shard {
  readonly partitions: readonly number[]
  private readonly epoch: string
  private readonly plans: readonly Plan[]
  /** cells[plan][partition]; undefined where the partition is not this shard's. */
  private readonly cells: (Cell | undefined)[][]
  private all: readonly Cell[] = []
  /** Those of detectors whose items fall due. */
  private waiting: readonly Cell[] = []
  /** By type of event; what nobody reads is not decoded. */
  private readonly readers = new Map<string, Reader[]>()
  private seq = 0
  /** The last message was one of the log itself: the next one must follow without a gap. */
  private isGapless = false
  private logTime = 0
  /** The first instant that log time has to pass for a key to be judged; looked for again at the first message. */
  private nextWake = Number.NEGATIVE_INFINITY

  constructor(epoch: string, plans: readonly Plan[], partitions: readonly number[]) {
    this.epoch = epoch
    this.plans = plans
    this.partitions = [...partitions]
    this.cells = plans.map((plan) => {
      const row: (Cell | undefined)[] = Array.from({ length: PARTITIONS })
      for (const partition of partitions) row[partition] = new Cell(plan)
      return row
    })
    this.gather()
    for (const [row, { detector }] of plans.entries())
      for (const type of Object.keys(detector.latenessDays))
        this.readers.set(type, [...(this.readers.get(type) ?? []), { detector, row }])
  }

  position(): number {
    return Math.min(...this.all.map((cell) => cell.seq))
  }

  newest(): number {
    return Math.max(...this.all.map((cell) => cell.seq))
  }

  apply(message: LogMessage): Finding[] {
    if (message.seq <= this.seq || (this.isGapless && message.seq !== this.seq + 1))
      throw new LogOrderError(`message ${message.seq} follows message ${this.seq}`)
    this.isGapless = true
    return this.fold(decodeMessage(message, this.epoch, this.readers))
  }

  applyStored(message: StoredMessage): Finding[] {
    if (this.isGapless || message.seq <= this.seq)
      throw new LogOrderError(`stored message ${message.seq} follows message ${this.seq}`)
    return this.fold(message)
  }

  snapshot(partition: number): { seq: number; bytes: Uint8Array } {
    const cells = this.cellsOf(partition)
    const seq = Math.min(...cells.map((cell) => cell.seq))
    return { seq, bytes: encodeSnapshot({ epoch: this.epoch, partition, cells }) }
  }

  restore(partition: number, bytes: Uint8Array): RestoreReport {
    if (this.seq !== 0) throw new LogOrderError('a snapshot can only be taken over before the first message')
    this.cellsOf(partition)
    const snapshot = decodeSnapshot(bytes, { epoch: this.epoch, partition })
    const restored: string[] = []
    const refused: { detector: string; reason: Refusal }[] = []
    for (const [row, plan] of this.plans.entries()) {
      const found = typeof snapshot === 'string' ? snapshot : snapshot.section(plan)
      if (typeof found === 'string') {
        refused.push({ detector: plan.detector.id, reason: found })
        continue
      }
      const cells = this.cells[row] as (Cell | undefined)[]
      cells[partition] = new Cell(plan, found)
      restored.push(plan.detector.id)
    }
    this.gather()
    return { restored, refused }
  }

  explain(detector: string, key: string): Explanation | null {
    const row = this.plans.findIndex((plan) => plan.detector.id === detector)
    const plan = this.plans[row]
    const cell = plan && this.cells[row]?.[partitionOf(plan.detector.keyKind, key)]
    return cell ? explainKey(cell, key) : null
  }

  state(): DetectorState[] {
    return this.plans.map(({ detector }, row) => {
      const cells = (this.cells[row] ?? []).filter((cell) => cell !== undefined)
      const sum = (of: (cell: Cell) => number) => cells.reduce((total, cell) => total + of(cell), 0)
      return {
        detector: detector.id,
        keys: sum((cell) => cell.states.keys),
        episodes: sum((cell) => cell.states.episodes.size),
        bytes: sum((cell) => cell.states.bytes),
        evidenceBytes: sum((cell) => cell.states.evidenceBytes()),
        storedOnly: sum((cell) => cell.storedOnly),
        held: sum((cell) => cell.deadlines?.held ?? 0),
        released: sum((cell) => cell.deadlines?.released ?? 0),
        dropped: sum((cell) => cell.deadlines?.dropped ?? 0),
      }
    })
  }

  private fold(message: FoldMessage): Finding[] {
    if (this.seq === 0) this.logTime = this.logTimeAtPosition()
    const before = this.logTime
    const findings: Finding[] = []
    if (message.kind === 'control') this.applyControl(message.entry, findings)
    else
      for (const [index, event] of message.events.entries()) {
        this.passTo(event.receivedAt, { seq: message.seq, index }, findings)
        if (!('isPassed' in event)) this.applyEvent(event, findings)
      }
    this.seq = message.seq
    for (const cell of this.all) {
      if (cell.seq >= message.seq) continue
      cell.seq = message.seq
      cell.logTime = this.logTime
    }
    if (hourBin(this.logTime) !== hourBin(before)) this.sweep(before)
    return findings
  }

  /**
   * Frees the keys that are over, each partition once a day of log time and in an hour of its own, so that no message
   * waits for all of them. When that is matters to memory alone: a key that is over counts as absent before.
   */
  private sweep(before: number): void {
    const turn = (logTime: number, partition: number) => Math.floor((hourBin(logTime) + partition) / 24)
    for (const partition of this.partitions) {
      if (turn(before, partition) === turn(this.logTime, partition)) continue
      for (const row of this.cells) row[partition]?.states.sweep(this.logTime)
    }
  }

  /** Log time moves on to an instant, and the keys whose instants it passes are judged before anything else happens. */
  private passTo(at: number, place: LocalPosition, findings: Finding[]): void {
    if (at <= this.logTime && this.nextWake > this.logTime) return
    this.logTime = Math.max(this.logTime, at)
    if (this.nextWake <= this.logTime) this.wake(place, findings, 'time')
  }

  private wake(place: LocalPosition, findings: Finding[], why: 'time' | 'mark'): void {
    const position = { epoch: this.epoch, ...place }
    const due = this.waiting.filter((cell) => cell.seq < place.seq && cell.nextWake <= this.logTime)
    findings.push(...due.flatMap((cell) => cell.pass(this.logTime, position, why)).sort(byInstantAndKey))
    this.nextWake = Math.min(...this.waiting.map((cell) => cell.nextWake))
  }

  private applyEvent(event: LoggedEvent, findings: Finding[]): void {
    const correcting = correctingOf(event, this.logTime)
    if (correcting !== null) {
      findings.push(...this.applyCorrection(correcting))
      this.nextWake = Math.min(...this.waiting.map((cell) => cell.nextWake))
      return
    }
    for (const { detector, row } of this.readers.get(event.type) ?? []) {
      for (const touch of detector.keys(event)) {
        const cell = this.cells[row]?.[partitionOf(detector.keyKind, touch.key)]
        if (!cell || cell.seq >= event.position.seq) continue
        const finding = cell.handle({ event, touch, due: null, logTime: this.logTime })
        this.nextWake = Math.min(this.nextWake, cell.nextWake)
        if (finding) findings.push(finding)
      }
    }
  }

  /** What it takes back may have been read by detectors that do not read the correction. */
  private applyCorrection(correcting: Correcting): Finding[] {
    const { seq } = correcting.event.position
    return this.plans.flatMap(({ detector }, row) =>
      foldCorrection(detector, correcting, (key) => {
        const cell = this.cells[row]?.[partitionOf(detector.keyKind, key)]
        return cell && cell.seq < seq ? cell : undefined
      }),
    )
  }

  private applyControl(entry: ControlEntry, findings: Finding[]): void {
    const place = { seq: entry.seq, index: 0 }
    if (entry.type === 'yujing.tick') this.passTo(entry.at, place, findings)
    if (entry.type === 'yujing.completeness') {
      this.passTo(entry.at, place, findings)
      for (const cell of this.all) if (cell.seq < entry.seq) cell.complete(entry.data.source, entry.data.through)
      this.wake(place, findings, 'mark')
    }
    if (entry.type === 'yujing.allow-list') {
      this.passTo(entry.at, place, findings)
      this.allow(entry.data.entries, entry.seq)
    }
    if (entry.type === 'yujing.parameters') {
      const { detector, version, parameters } = entry.data
      for (const cell of this.all)
        if (cell.plan.detector.id === detector && cell.seq < entry.seq)
          cell.retune(withParameters(cell.plan.detector, version, parameters))
      this.wake(place, findings, 'time')
    }
  }

  /** Each cell gets what concerns its own keys. */
  private allow(entries: readonly AllowListEntry[], seq: number): void {
    for (const [row, { detector }] of this.plans.entries()) {
      const own = entriesFor(detector, entries)
      for (const partition of this.partitions) {
        const cell = this.cells[row]?.[partition]
        if (cell === undefined || cell.seq >= seq) continue
        cell.allowed = new AllowedKeys(own.filter(({ kind, key }) => partitionOf(kind, key) === partition))
      }
    }
  }

  /** Log time where replay begins: that of the state furthest behind. */
  private logTimeAtPosition(): number {
    const position = this.position()
    return Math.max(0, ...this.all.filter((cell) => cell.seq === position).map((cell) => cell.logTime))
  }

  private gather(): void {
    this.all = this.cells.flat().filter((cell) => cell !== undefined)
    this.waiting = this.all.filter(({ deadlines }) => deadlines !== null)
  }

  private cellsOf(partition: number): Cell[] {
    const cells = this.cells.map((row) => row[partition]).filter((cell) => cell !== undefined)
    if (cells.length === 0) throw new RangeError(`partition ${partition} is not of this shard`)
    return cells
  }
}

function byInstantAndKey(a: Finding, b: Finding): number {
  return (a.due ?? 0) - (b.due ?? 0) || (a.key.key < b.key.key ? -1 : a.key.key > b.key.key ? 1 : 0)
}
