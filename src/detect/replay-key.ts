import type { ParametersControl } from '../model/control.ts'
import type { LoggedEvent } from '../model/event.ts'
import type { Finding } from '../model/finding.ts'
import { comparePositions, type Position } from '../model/position.ts'
import { Cell } from './cell.ts'
import type { Detector } from './contract.ts'
import { correctingOf, foldCorrection } from './fold-correction.ts'
import { withParameters } from './parameters.ts'
import { planOf } from './plan.ts'

/** Parameters that a control entry set, and where it stands. */
export interface ParametersSet {
  readonly position: Position
  readonly data: ParametersControl['data']
}

/**
 * What one detector says of one key, from the key's own events alone: the same fold as in a shard, for a key knows
 * nothing of any other. Events and parameters each in log order; what another log held comes before this one.
 *
 * @returns every finding, in order
 */
export function replayKey(o: {
  readonly detector: Detector
  readonly key: string
  readonly events: readonly LoggedEvent[]
  readonly parameters: readonly ParametersSet[]
}): Finding[] {
  const { detector, key } = o
  const cell = new Cell(planOf(detector))
  const cellOf = (touched: string) => (touched === key ? cell : undefined)
  const findings: Finding[] = []
  let logTime = 0
  let set = 0
  for (const event of o.events) {
    for (; set < o.parameters.length; set++) {
      const { position, data } = o.parameters[set] as ParametersSet
      const isLater = position.epoch === event.position.epoch && comparePositions(position, event.position) > 0
      if (isLater) break
      cell.parameters = withParameters(detector, data.version, data.parameters)
    }
    logTime = Math.max(logTime, event.receivedAt)
    const correcting = correctingOf(event, logTime)
    if (correcting !== null) findings.push(...foldCorrection(detector, correcting, cellOf))
    if (correcting !== null || detector.latenessDays[event.type] === undefined) continue
    for (const touch of detector.keys(event)) {
      const finding = cellOf(touch.key)?.handle({ event, touch, logTime }) ?? null
      if (finding !== null) findings.push(finding)
    }
  }
  return findings
}
