import type { AllowListEntry } from '../model/allow-list.ts'
import type { ControlEntry } from '../model/control.ts'
import type { LoggedEvent } from '../model/event.ts'
import type { Finding } from '../model/finding.ts'
import type { FoundInventory, InventoryQuestion } from '../model/inventory.ts'
import type { LogMessage, StoredMessage } from '../model/log-message.ts'
import type { LocalPosition } from '../model/position.ts'
import { AllowedKeys, entriesFor } from './allowed-keys.ts'
import { Cells } from './cells.ts'
import type { Detector } from './contract.ts'
import { type Explanation, explainKey } from './explain.ts'
import { type Correcting, correctingOf, foldCorrection } from './fold-correction.ts'
import { inventoryOf } from './inventory.ts'
import { decodeMessage, type FoldMessage, LogOrderError } from './log-order.ts'
import { withParameters } from './parameters.ts'
import type { Plan } from './plan.ts'
import type { DetectorState, RestoreReport, Shard } from './shard.ts'
import { partitionOf } from './statistics/hash.ts'

/** A detector that reads a type of event, and the row of its cells. */
interface Reader {
  readonly detector: Detector
  readonly row: number
}

/** The shard: messages in their order, log time, and who is told of what. */
export class FoldingShard implements Shard {
  readonly partitions: readonly number[]
  private readonly epoch: string
  private readonly cells: Cells
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
    this.cells = new Cells(epoch, plans, partitions)
    this.partitions = this.cells.partitions
    for (const [row, { detector }] of plans.entries())
      for (const type of Object.keys(detector.latenessDays))
        this.readers.set(type, [...(this.readers.get(type) ?? []), { detector, row }])
  }

  position(): number {
    return this.cells.position()
  }

  newest(): number {
    return this.cells.newest()
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
    return this.cells.snapshot(partition)
  }

  restore(partition: number, bytes: Uint8Array): RestoreReport {
    if (this.seq !== 0) throw new LogOrderError('a snapshot can only be taken over before the first message')
    return this.cells.restore(partition, bytes)
  }

  explain(detector: string, key: string): Explanation | null {
    const row = this.cells.plans.findIndex((plan) => plan.detector.id === detector)
    const plan = this.cells.plans[row]
    const cell = plan && this.cells.at(row, partitionOf(plan.detector.keyKind, key))
    return cell ? explainKey(cell, key) : null
  }

  inventory(question: InventoryQuestion): FoundInventory {
    return inventoryOf(this.cells.all, question)
  }

  state(): DetectorState[] {
    return this.cells.state()
  }

  private fold(message: FoldMessage): Finding[] {
    if (this.seq === 0) this.logTime = this.cells.logTimeAtPosition()
    const before = this.logTime
    const findings: Finding[] = []
    if (message.kind === 'control') this.applyControl(message.entry, findings)
    else
      for (const [index, event] of message.events.entries()) {
        this.passTo(event.receivedAt, { seq: message.seq, index }, findings)
        if (!('isPassed' in event)) this.applyEvent(event, findings)
      }
    this.seq = message.seq
    this.cells.reach(message.seq, this.logTime)
    this.cells.sweep(before, this.logTime)
    return findings
  }

  /** Log time moves on to an instant, and the keys whose instants it passes are judged before anything else happens. */
  private passTo(at: number, place: LocalPosition, findings: Finding[]): void {
    if (at <= this.logTime && this.nextWake > this.logTime) return
    this.logTime = Math.max(this.logTime, at)
    if (this.nextWake <= this.logTime) this.wake(place, findings, 'time')
  }

  private wake(place: LocalPosition, findings: Finding[], why: 'time' | 'mark'): void {
    const position = { epoch: this.epoch, ...place }
    const due = this.cells.waiting.filter((cell) => cell.seq < place.seq && cell.nextWake <= this.logTime)
    const found = due.flatMap((cell) => cell.told(cell.pass(this.logTime, position, why)))
    findings.push(...found.sort(byInstantAndKey))
    this.nextWake = Math.min(...this.cells.waiting.map((cell) => cell.nextWake))
  }

  private applyEvent(event: LoggedEvent, findings: Finding[]): void {
    const correcting = correctingOf(event, this.logTime)
    if (correcting !== null) {
      findings.push(...this.applyCorrection(correcting))
      this.nextWake = Math.min(...this.cells.waiting.map((cell) => cell.nextWake))
      return
    }
    for (const { detector, row } of this.readers.get(event.type) ?? []) {
      for (const touch of detector.keys(event)) {
        const cell = this.cells.at(row, partitionOf(detector.keyKind, touch.key))
        if (!cell || cell.seq >= event.position.seq) continue
        const finding = cell.handle({ event, touch, due: null, logTime: this.logTime })
        this.nextWake = Math.min(this.nextWake, cell.nextWake)
        if (finding) findings.push(...cell.told([finding]))
      }
    }
  }

  /** What it takes back may have been read by detectors that do not read the correction. */
  private applyCorrection(correcting: Correcting): Finding[] {
    const { seq } = correcting.event.position
    return this.cells.plans.flatMap(({ detector }, row) => {
      const cellOf = (key: string) => this.cells.at(row, partitionOf(detector.keyKind, key))
      const found = foldCorrection(detector, correcting, (key) => {
        const cell = cellOf(key)
        return cell && cell.seq < seq ? cell : undefined
      })
      return found.flatMap((finding) => cellOf(finding.key.key)?.told([finding]) ?? [])
    })
  }

  private applyControl(entry: ControlEntry, findings: Finding[]): void {
    const place = { seq: entry.seq, index: 0 }
    this.passTo(entry.at, place, findings)
    if (entry.type === 'yujing.completeness') {
      for (const cell of this.cells.all) if (cell.seq < entry.seq) cell.complete(entry.data.source, entry.data.through)
      this.wake(place, findings, 'mark')
    }
    if (entry.type === 'yujing.allow-list') this.allow(entry.data.entries, entry.seq)
    if (entry.type === 'yujing.parameters') {
      const { detector, version, parameters } = entry.data
      for (const cell of this.cells.all)
        if (cell.plan.detector.id === detector && cell.seq < entry.seq)
          cell.retune(withParameters(cell.plan.detector, version, parameters), this.logTime)
      this.wake(place, findings, 'time')
    }
    if (entry.type === 'yujing.detectors')
      for (const cell of this.cells.all)
        if (cell.seq < entry.seq) cell.goLive(entry.data.versions, entry.seq, this.logTime)
  }

  /** Each cell gets what concerns its own keys. */
  private allow(entries: readonly AllowListEntry[], seq: number): void {
    for (const [row, { detector }] of this.cells.plans.entries()) {
      const own = entriesFor(detector, entries)
      for (const partition of this.partitions) {
        const cell = this.cells.at(row, partition)
        if (cell === undefined || cell.seq >= seq) continue
        cell.allowed = new AllowedKeys(own.filter(({ kind, key }) => partitionOf(kind, key) === partition))
      }
    }
  }
}

function byInstantAndKey(a: Finding, b: Finding): number {
  return (a.due ?? 0) - (b.due ?? 0) || (a.key.key < b.key.key ? -1 : a.key.key > b.key.key ? 1 : 0)
}
