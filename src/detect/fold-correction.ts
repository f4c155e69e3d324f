import type { Correction } from '../model/correction.ts'
import type { LoggedEvent } from '../model/event.ts'
import type { Finding } from '../model/finding.ts'
import type { Cell } from './cell.ts'
import type { Detector, Touch } from './contract.ts'
import { correctKey, type KeyCorrection } from './correct-key.ts'

/** An event that corrects another one which stood in the log. */
export interface Correcting {
  readonly event: LoggedEvent
  readonly original: LoggedEvent
  readonly kind: Correction['kind']
  /** Log time at the event, epoch milliseconds. */
  readonly logTime: number
}

/** The correction that an event is, null where it undoes nothing: then it counts as any other. */
export function correctingOf(event: LoggedEvent, logTime: number): Correcting | null {
  const corrects = event.register.corrects
  if (corrects === undefined || corrects.original === null) return null
  return { event, original: corrects.original, kind: corrects.kind, logTime }
}

/**
 * Folds a correction into the cells of a detector, whatever types it reads. `cellOf`: the cell of a key; undefined where
 * there is none, or it has seen the event.
 */
export function foldCorrection(
  detector: Detector,
  correcting: Correcting,
  cellOf: (key: string) => Cell | undefined,
): Finding[] {
  return [...touchesOf(detector, correcting)].flatMap(([key, change]) => {
    const cell = cellOf(key)
    return cell === undefined ? [] : correctKey(cell, key, change, correcting)
  })
}

/**
 * What a correction does, by key. Windows lose what the original counted as, wherever its enterprise is by now. Stock is
 * a matter of now: what follows the register moves by what the undoing itself began and ended there, what follows an
 * event's data moves back.
 */
function touchesOf(detector: Detector, { event, original }: Correcting): Map<string, KeyCorrection> {
  const keys = new Map<string, KeyCorrection>()
  const at = (key: string): KeyCorrection => {
    const known = keys.get(key) ?? { undone: [], stock: [], own: [] }
    keys.set(key, known)
    return known
  }
  const reads = (type: string) => detector.latenessDays[type] !== undefined
  if (reads(original.type)) {
    for (const touch of detector.keys(original))
      if (touch.counts !== false || touch.deadline) at(touch.key).undone.push(touch)
    for (const touch of stockMoves(detector, original, event)) at(touch.key).stock.push(touch)
  }
  if (reads(event.type)) for (const touch of detector.keys(event)) at(touch.key).own.push(touch)
  return keys
}

function stockMoves(detector: Detector, original: LoggedEvent, { register }: LoggedEvent): Touch[] {
  if (!detector.stock) return []
  const moves = (facts: LoggedEvent['register']) =>
    detector.keys({ ...original, register: facts }).filter(({ stock }) => stock !== undefined)
  const byData = moves({})
  if (byData.length > 0) return byData.map((touch) => ({ ...touch, stock: touch.stock === 1 ? -1 : 1, counts: false }))
  return moves(register.corrects?.undone ?? {}).map((touch) => ({ ...touch, counts: false }))
}
