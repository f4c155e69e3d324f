import { hourBin } from '../model/time.ts'
import { Cell } from './cell.ts'
import type { Plan } from './plan.ts'
import type { DetectorState, RestoreReport } from './shard.ts'
import { decodeSnapshot, encodeSnapshot, type Refusal } from './snapshot.ts'
import { PARTITIONS } from './statistics/hash.ts'

/** The cells of a shard: one for each detector in each of its partitions. Each knows how far it has seen the log. */
export class Cells {
  readonly partitions: readonly number[]
  readonly plans: readonly Plan[]
  /** All of them, and those of detectors whose items fall due. */
  all: readonly Cell[] = []
  waiting: readonly Cell[] = []
  private readonly epoch: string
  /** rows[plan][partition]; undefined where the partition is not this shard's. */
  private readonly rows: (Cell | undefined)[][]

  constructor(epoch: string, plans: readonly Plan[], partitions: readonly number[]) {
    this.epoch = epoch
    this.plans = plans
    this.partitions = [...partitions]
    this.rows = plans.map((plan) => {
      const row: (Cell | undefined)[] = Array.from({ length: PARTITIONS })
      for (const partition of partitions) row[partition] = new Cell(plan)
      return row
    })
    this.gather()
  }

  /** The cell of a detector, by its place among the plans, in a partition; undefined: another shard has it. */
  at(row: number, partition: number): Cell | undefined {
    return this.rows[row]?.[partition]
  }

  /** Last message that all of them have seen, and that any of them has. */
  position(): number {
    return Math.min(...this.all.map((cell) => cell.seq))
  }

  newest(): number {
    return Math.max(...this.all.map((cell) => cell.seq))
  }

  /** Log time where replay begins: that of the state furthest behind. */
  logTimeAtPosition(): number {
    const position = this.position()
    return Math.max(0, ...this.all.filter((cell) => cell.seq === position).map((cell) => cell.logTime))
  }

  /** They have seen the log up to this message. */
  reach(seq: number, logTime: number): void {
    for (const cell of this.all) {
      if (cell.seq >= seq) continue
      cell.seq = seq
      cell.logTime = logTime
    }
  }

  snapshot(partition: number): { seq: number; bytes: Uint8Array } {
    const cells = this.inPartition(partition)
    const seq = Math.min(...cells.map((cell) => cell.seq))
    return { seq, bytes: encodeSnapshot({ epoch: this.epoch, partition, cells }) }
  }

  restore(partition: number, bytes: Uint8Array): RestoreReport {
    this.inPartition(partition)
    const snapshot = decodeSnapshot(bytes, { epoch: this.epoch, partition })
    const restored: string[] = []
    const refused: { detector: string; reason: Refusal }[] = []
    for (const [row, plan] of this.plans.entries()) {
      const found = typeof snapshot === 'string' ? snapshot : snapshot.section(plan)
      if (typeof found === 'string') {
        refused.push({ detector: plan.detector.id, reason: found })
        continue
      }
      const cells = this.rows[row] as (Cell | undefined)[]
      cells[partition] = new Cell(plan, found)
      restored.push(plan.detector.id)
    }
    this.gather()
    return { restored, refused }
  }

  /**
   * Frees the keys that are over, each partition once a day of log time and in an hour of its own, so that no message
   * waits for all of them. When that is matters to memory alone: a key that is over counts as absent before.
   */
  sweep(before: number, logTime: number): void {
    if (hourBin(logTime) === hourBin(before)) return
    const turn = (at: number, partition: number) => Math.floor((hourBin(at) + partition) / 24)
    for (const partition of this.partitions) {
      if (turn(before, partition) === turn(logTime, partition)) continue
      for (const row of this.rows) row[partition]?.states.sweep(logTime)
    }
  }

  /** Keys, memory and counts of each detector. */
  state(): DetectorState[] {
    return this.plans.map(({ detector }, row) => {
      const cells = (this.rows[row] ?? []).filter((cell) => cell !== undefined)
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
        liveSince: cells[0]?.liveSince ?? null,
      }
    })
  }

  private gather(): void {
    this.all = this.rows.flat().filter((cell) => cell !== undefined)
    this.waiting = this.all.filter(({ deadlines }) => deadlines !== null)
  }

  private inPartition(partition: number): Cell[] {
    const cells = this.rows.map((row) => row[partition]).filter((cell) => cell !== undefined)
    if (cells.length === 0) throw new RangeError(`partition ${partition} is not of this shard`)
    return cells
  }
}
