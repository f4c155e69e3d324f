import type { AllowListControl, CompletenessControl, DetectorsControl, ParametersControl } from '../model/control.ts'
import type { LoggedEvent } from '../model/event.ts'
import type { Finding } from '../model/finding.ts'
import { comparePositions, type Position } from '../model/position.ts'
import { AllowedKeys, entriesFor } from './allowed-keys.ts'
import { Cell } from './cell.ts'
import type { Detector } from './contract.ts'
import { correctingOf, foldCorrection } from './fold-correction.ts'
import { withParameters } from './parameters.ts'
import { planOf } from './plan.ts'

/** A control entry that changes what a detector says, where it stands and when it was written (epoch milliseconds). */
export interface ControlAt {
  readonly position: Position
  readonly at: number
  readonly control: ParametersControl | CompletenessControl | AllowListControl | DetectorsControl
}

/**
 * What one detector says of one key, from the key's own events alone: the same fold as in a shard, for a key knows
 * nothing of any other. Events and controls each in log order; what another log held comes before this one. Ticks are not
 * needed: where an instant is seen to have passed does not matter, only `until` when the last one is to be seen.
 *
 * @param o.until log time up to which instants come after the last event, epoch milliseconds
 * @returns every finding, in order
 */
export function replayKey(o: {
  readonly detector: Detector
  readonly key: string
  readonly events: readonly LoggedEvent[]
  readonly controls: readonly ControlAt[]
  readonly until?: number
}): Finding[] {
  const { detector, key } = o
  const cell = new Cell(planOf(detector))
  const cellOf = (touched: string) => (touched === key ? cell : undefined)
  const findings: Finding[] = []
  let taken = 0

  function passTo(at: number, position: Position): void {
    cell.logTime = Math.max(cell.logTime, at)
    findings.push(...cell.told(cell.pass(cell.logTime, position, 'time')))
  }

  function follow({ position, at, control }: ControlAt): void {
    passTo(at, position)
    if (control.type === 'yujing.parameters') {
      const { version, parameters } = control.data
      cell.retune(withParameters(detector, version, parameters), cell.logTime)
      return
    }
    if (control.type === 'yujing.detectors') {
      cell.goLive(control.data.versions, position.seq, cell.logTime)
      return
    }
    if (control.type === 'yujing.allow-list') {
      cell.allowed = new AllowedKeys(entriesFor(detector, control.data.entries))
      return
    }
    cell.complete(control.data.source, control.data.through)
    findings.push(...cell.told(cell.pass(cell.logTime, position, 'mark')))
  }

  for (const event of o.events) {
    for (; taken < o.controls.length; taken++) {
      const next = o.controls[taken] as ControlAt
      const { position } = next
      if (position.epoch === event.position.epoch && comparePositions(position, event.position) > 0) break
      follow(next)
    }
    passTo(event.receivedAt, event.position)
    const correcting = correctingOf(event, cell.logTime)
    if (correcting !== null) findings.push(...cell.told(foldCorrection(detector, correcting, cellOf)))
    if (correcting !== null || detector.latenessDays[event.type] === undefined) continue
    for (const touch of detector.keys(event)) {
      const moment = { event, touch, due: null, logTime: cell.logTime }
      const finding = cellOf(touch.key)?.handle(moment) ?? null
      if (finding !== null) findings.push(...cell.told([finding]))
    }
  }
  for (const control of o.controls.slice(taken)) follow(control)
  const last = o.controls.at(-1)?.position ?? o.events.at(-1)?.position
  if (o.until !== undefined && last !== undefined) passTo(o.until, last)
  return findings
}
